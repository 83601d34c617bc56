"""Words of the postal service: states and territories, and the abbreviations of USPS Publication 28."""

from __future__ import annotations

from gis_ce.street_words import STREET_WORDS

STATES: dict[str, str] = {
    "ALABAMA": "AL", "ALASKA": "AK", "AMERICAN SAMOA": "AS", "ARIZONA": "AZ", "ARKANSAS": "AR", "CALIFORNIA": "CA",
    "COLORADO": "CO", "CONNECTICUT": "CT", "DELAWARE": "DE", "DISTRICT OF COLUMBIA": "DC", "FLORIDA": "FL",
    "GEORGIA": "GA", "GUAM": "GU", "HAWAII": "HI", "IDAHO": "ID", "ILLINOIS": "IL", "INDIANA": "IN", "IOWA": "IA",
    "KANSAS": "KS", "KENTUCKY": "KY", "LOUISIANA": "LA", "MAINE": "ME", "MARYLAND": "MD", "MASSACHUSETTS": "MA",
    "MICHIGAN": "MI", "MINNESOTA": "MN", "MISSISSIPPI": "MS", "MISSOURI": "MO", "MONTANA": "MT", "NEBRASKA": "NE",
    "NEVADA": "NV", "NEW HAMPSHIRE": "NH", "NEW JERSEY": "NJ", "NEW MEXICO": "NM", "NEW YORK": "NY",
    "NORTH CAROLINA": "NC", "NORTH DAKOTA": "ND", "NORTHERN MARIANA ISLANDS": "MP", "OHIO": "OH", "OKLAHOMA": "OK",
    "OREGON": "OR", "PENNSYLVANIA": "PA", "PUERTO RICO": "PR", "RHODE ISLAND": "RI", "SOUTH CAROLINA": "SC",
    "SOUTH DAKOTA": "SD", "TENNESSEE": "TN", "TEXAS": "TX", "UTAH": "UT", "VERMONT": "VT", "VIRGINIA": "VA",
    "VIRGIN ISLANDS": "VI", "WASHINGTON": "WA", "WEST VIRGINIA": "WV", "WISCONSIN": "WI", "WYOMING": "WY",
    "ARMED FORCES AMERICAS": "AA", "ARMED FORCES EUROPE": "AE", "ARMED FORCES PACIFIC": "AP",
}  # fmt: skip
"""States, territories and the armed forces' regions by their names (Publication 28, appendix B)."""

STATE_CODES = frozenset(STATES.values())

ZERO_STATES = frozenset({"CT", "MA", "ME", "NH", "NJ", "PR", "RI", "VI", "VT", "AE"})
"""Where ZIP codes begin with a zero, which spreadsheets drop."""

COUNTRIES = frozenset({
    "ARGENTINA", "AUSTRALIA", "AUSTRIA", "BAHAMAS", "BELGIUM", "BERMUDA", "BRAZIL", "CANADA", "CHILE", "CHINA",
    "COLOMBIA", "COSTA RICA", "DENMARK", "ENGLAND", "FINLAND", "FRANCE", "GERMANY", "GREAT BRITAIN", "GREECE",
    "HONG KONG", "INDIA", "IRELAND", "ISRAEL", "ITALY", "JAPAN", "KENYA", "KOREA", "LUXEMBOURG", "MALAYSIA", "MEXICO",
    "NETHERLANDS", "NEW ZEALAND", "NIGERIA", "NORWAY", "PAKISTAN", "PANAMA", "PHILIPPINES", "POLAND", "PORTUGAL",
    "SAUDI ARABIA", "SCOTLAND", "SINGAPORE", "SOUTH AFRICA", "SOUTH KOREA", "SPAIN", "SWEDEN", "SWITZERLAND",
    "TAIWAN", "THAILAND", "TURKEY", "UK", "UNITED ARAB EMIRATES", "UNITED KINGDOM", "VENEZUELA", "VIETNAM", "WALES",
})  # fmt: skip
"""Countries as tax rolls name them; what is not listed and has no state and ZIP code is incomplete, not foreign."""

PROVINCES = frozenset({"AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT"})
"""Canada's provinces and territories."""

UNIT_WORDS: dict[str, str] = {
    "APARTMENT": "APT", "APT": "APT", "BLDG": "BLDG", "BUILDING": "BLDG", "DEPARTMENT": "DEPT", "DEPT": "DEPT",
    "FL": "FL", "FLOOR": "FL", "LOT": "LOT", "RM": "RM", "ROOM": "RM", "SPACE": "SPC", "SPC": "SPC", "STE": "STE",
    "SUITE": "STE", "TRAILER": "TRLR", "TRLR": "TRLR", "UNIT": "UNIT", "#": "#",
}  # fmt: skip
"""Secondary units (Publication 28, appendix C2)."""

DIRECTION_WORDS: dict[str, str] = {
    "NORTH": "N", "SOUTH": "S", "EAST": "E", "WEST": "W", "NORTHEAST": "NE", "NORTHWEST": "NW", "SOUTHEAST": "SE",
    "SOUTHWEST": "SW",
}  # fmt: skip

SUFFIX_WORDS: dict[str, str] = {
    **{word: short for word, short in STREET_WORDS.items() if word not in (*DIRECTION_WORDS, *UNIT_WORDS)},
    "BEACH": "BCH", "BLUFF": "BLF", "BRIDGE": "BRG", "BROOK": "BRK", "CAUSEWAY": "CSWY", "CENTER": "CTR",
    "CLIFF": "CLF", "CLUB": "CLB", "COMMON": "CMN", "CORNER": "COR", "COURTS": "CTS", "COVES": "CVS",
    "CRESCENT": "CRES", "CREST": "CRST", "CURVE": "CURV", "DALE": "DL", "DIVIDE": "DV", "FALLS": "FLS",
    "FERRY": "FRY", "FIELD": "FLD", "FIELDS": "FLDS", "FORD": "FRD", "FOREST": "FRST", "FORGE": "FRG", "FORK": "FRK",
    "GARDEN": "GDN", "GARDENS": "GDNS", "GATEWAY": "GTWY", "GLEN": "GLN", "GREEN": "GRN", "HARBOR": "HBR",
    "HAVEN": "HVN", "HILLS": "HLS", "ISLAND": "IS", "JUNCTION": "JCT", "KEY": "KY", "KNOLL": "KNL", "KNOLLS": "KNLS",
    "LAKE": "LK", "LAKES": "LKS", "LODGE": "LDG", "MILL": "ML", "MILLS": "MLS", "NECK": "NCK", "ORCHARD": "ORCH",
    "PINES": "PNES", "PLAIN": "PLN", "PORT": "PRT", "PRAIRIE": "PR", "RANCH": "RNCH", "RAPIDS": "RPDS",
    "RIVER": "RIV", "SHORE": "SHR", "SHORES": "SHRS", "SPRING": "SPG", "SPRINGS": "SPGS", "STATION": "STA",
    "STREAM": "STRM", "SUMMIT": "SMT", "TRACK": "TRAK", "TUNNEL": "TUNL", "UNION": "UN", "VISTA": "VIS",
    "WELLS": "WLS",
}  # fmt: skip
"""Street suffixes (Publication 28, appendix C1) and how they are often misspelt; only the last word of a street is
one: Lake Street keeps its lake."""
