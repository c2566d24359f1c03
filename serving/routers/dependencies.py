"""What the routes are given: the state in use."""

from typing import Annotated

from fastapi import Depends, Request

from serving.state import Holder, State


def current_state(request: Request) -> State:
    """The state in use; 503 while nothing is loaded."""
    holder: Holder = request.app.state.holder
    return holder.current()


CurrentState = Annotated[State, Depends(current_state)]
