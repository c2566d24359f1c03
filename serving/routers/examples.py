"""Examples of requests, shown in the API's documentation and sent by its tests."""

from typing import Any, Final

RECOMMEND: Final[dict[str, Any]] = {
    "known_learner": {
        "summary": "The next ten sections for a known learner",
        "value": {"learner_id": "learner-000017", "n": 10},
    },
    "anonymous_night_school": {
        "summary": "An anonymous visit: evenings, at most half an hour away",
        "value": {
            "session": "visit-8c1f",
            "programme": "night_school",
            "context": {
                "circle_min": 30,
                "free_slots": ["1E", "2E", "3E", "4E"],
                "home": {"lon": 120.16, "lat": 30.27},
                "travel_mode": "transit",
                "age_band": "25-34",
            },
            "filter": {"price_max_fen": 50000},
            "explain": "full",
            "locale": "en",
        },
    },
    "elder_with_a_wheelchair": {
        "summary": "Elder mode: only what is confirmed step-free, or online",
        "value": {
            "session": "visit-8c20",
            "programme": "senior",
            "context": {"age_band": "70-79", "needs": ["step_free"]},
            "elder": True,
        },
    },
}

EVENTS: Final[dict[str, Any]] = {
    "enrolled_from_a_list": {
        "summary": "A learner enrolled in the second section of a list",
        "value": {
            "events": [
                {
                    "event_id": "4f9d1c6e-6f0b-4c67-9e43-7a4be1d3c8a1",
                    "learner_id": "learner-000017",
                    "course_id": "course-0001",
                    "section_id": "section-0001",
                    "type": "enrol",
                    "occurred_at": "2025-08-31T10:00:05+08:00",
                    "surface": "home",
                    "list_id": "0d0f9a52-8f0a-4c55-8c5e-3f6a3d3f3f10",
                    "position": 2,
                    "propensity": 1.0,
                    "policy": "night_school@2",
                }
            ]
        },
    }
}

WHY_NOT: Final[dict[str, Any]] = {
    "one_section": {
        "summary": "Why a learner doesn't see a section",
        "value": {"learner_id": "learner-000017", "section_id": "section-0001"},
    }
}

PATH: Final[dict[str, Any]] = {
    "to_an_occupation": {
        "summary": "From what a learner has completed to an occupation, in at most 200 hours",
        "value": {
            "learner_id": "learner-000017",
            "occupation_code": "6-18-02-04",
            "max_hours": 200,
        },
    },
    "to_a_skill": {
        "summary": "An anonymous visit: to one skill, beside one that is stated",
        "value": {
            "skills": [{"skill_id": "python", "level": 2}],
            "holds": [{"skill_id": "data-analysis"}],
            "locale": "en",
        },
    },
}

PLAN: Final[dict[str, Any]] = {
    "half_a_million": {
        "summary": "Half a million yuan, a section for every town, a third of the seats rural",
        "value": {"budget_yuan": 500_000, "town_floor": 1, "rural_share": 0.3, "max_seconds": 1},
    }
}

SITE_ADVICE: Final[dict[str, Any]] = {
    "a_new_room": {
        "summary": "What to open in a room of thirty seats on Tuesday and Thursday evenings",
        "value": {
            "room": {"lon": 120.16, "lat": 30.25, "seats": 30},
            "slots": ["2E", "4E"],
        },
    },
    "micro_spaces": {
        "summary": "Where the next three micro-spaces belong",
        "value": {"limit": 3},
    },
}
