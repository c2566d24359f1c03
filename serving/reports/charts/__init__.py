"""Charts as inline SVG: no library, no script; colours and fonts come from the page."""
