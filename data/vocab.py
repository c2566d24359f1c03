"""Closed vocabularies of the city's tables.

Every tuple below is the whole set of values a column may hold; the order is the
stored order of the enumeration. Source: the platform's table contracts and
glossary (DOMAIN, sections 2 and 3); national standards are named where used.
"""

from typing import Final
from zoneinfo import ZoneInfo

CITY_TIME: Final = ZoneInfo("Asia/Shanghai")
"""Times are stored in UTC and shown in this zone."""

DIVISION_LEVELS: Final = ("city", "district", "town", "village")
INSTITUTION_KINDS: Final = (
    "university",
    "vocational_school",
    "technician_school",
    "open_university",
    "senior_university",
    "community_college",
    "community_school",
    "adult_school",
    "culture_hall",
    "library",
    "enterprise",
    "private_training",
    "social_organisation",
)
SHARING_SCOPES: Final = ("city", "district", "own")
COORDINATE_SYSTEMS: Final = ("wgs84", "gcj02", "bd09", "cgcs2000")
SCENES: Final = (
    "community",
    "industrial_park",
    "commercial",
    "scenic",
    "campus",
    "culture_hall",
    "library",
    "city_reading_room",
    "micro_space",
    "other",
)
TEACHER_ROLES: Final = ("full_time", "part_time", "volunteer", "elder_mentor")
PROGRAMMES: Final = ("night_school", "vocational", "senior", "community", "family")
CATEGORIES: Final = (
    "arts",
    "music_dance",
    "health",
    "life_aesthetics",
    "digital_skills",
    "vocational_skills",
    "languages_humanities",
    "family",
)
LAYERS: Final = ("intro", "advanced", "premium")
PROVENANCES: Final = ("declared", "extracted", "reviewed")
MODES: Final = ("offline", "online_live", "online_recorded", "dual")
ONLINE_MODES: Final = ("online_live", "online_recorded")
"""Modes that need no venue; ``dual`` counts as a room."""
ENROLMENT_RULES: Final = ("first_come", "lottery", "review", "group")
SECTION_STATES: Final = (
    "draft",
    "published",
    "applying",
    "closed",
    "drawn",
    "running",
    "finished",
    "cancelled",
)
OPEN_STATES: Final = ("published", "applying")
"""States in which a section is a candidate, inside its application window."""
AGE_BANDS: Final = (
    "<14",
    "14-17",
    "18-24",
    "25-34",
    "35-44",
    "45-59",
    "60-69",
    "70-79",
    "80+",
)
AGE_BAND_YEARS: Final[dict[str, tuple[int, int]]] = {
    "<14": (0, 13),
    "14-17": (14, 17),
    "18-24": (18, 24),
    "25-34": (25, 34),
    "35-44": (35, 44),
    "45-59": (45, 59),
    "60-69": (60, 69),
    "70-79": (70, 79),
    "80+": (80, 120),
}
"""Youngest and oldest age, in full years, of each band (both included)."""
ELDER_BANDS: Final = ("60-69", "70-79", "80+")
"""Bands from 60 years on: those whom ``population_60plus`` counts."""
GENDERS: Final = ("female", "male", "unstated")
EDUCATION_LEVELS: Final = (
    "primary",
    "junior_secondary",
    "senior_secondary",
    "secondary_vocational",
    "associate",
    "bachelor",
    "master",
    "doctor",
)
WORK_STATUSES: Final = (
    "employed",
    "self_employed",
    "unemployed",
    "student",
    "retired",
    "homemaker",
    "other",
)
TRAVEL_MODES: Final = ("walk", "bike", "transit", "drive")
ACCESS_NEEDS: Final = (
    "step_free",
    "accessible_toilet",
    "hearing_loop",
    "captions",
    "sign_language",
    "screen_reader",
)
"""Functional needs; each has a section or venue column of the same name."""
EVENT_TYPES: Final = (
    "impression",
    "view",
    "favourite",
    "apply",
    "waitlist",
    "enrol",
    "drop",
    "attend",
    "complete",
    "rate",
    "dislike",
)
SURFACES: Final = (
    "home",
    "search",
    "course_page",
    "shelf",
    "notification",
    "batch",
    "other",
)
EXPERIENCE_LEVELS: Final = ("none", "lt1", "1-3", "3-5", "5-10", "gt10")
SLOT_PATTERN: Final = r"^[1-7][MAE]$"
"""A weekday 1 (Monday) to 7 (Sunday) and M morning, A afternoon or E evening."""
DIVISION_CODE_PATTERN: Final = r"^[0-9]{12}$"
"""A 12-digit statistical division code, as text."""

CITY_BOX: Final = (118.30, 29.15, 120.90, 30.60)
"""West, south, east, north (WGS84 degrees) of a box that holds the whole of Hangzhou."""

FORBIDDEN_COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "psychological": ("psych", "mental_health", "depression", "anxiety", "心理", "抑郁", "焦虑"),
    "medical record": (
        "medical",
        "diagnosis",
        "disease",
        "disability_cert",
        "病历",
        "病史",
        "诊断",
        "残疾证",
    ),
    "raw location track": ("gps_track", "trajectory", "location_history", "轨迹", "定位记录"),
}
"""Kinds of personal data that may never enter, and the name fragments that give them away."""
