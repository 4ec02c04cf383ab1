"""The JSON Schema of a review, for programs that read `review-*.json`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipeline.model import Review

SCHEMA_FILE = Path(__file__).resolve().parent.parent / "review.schema.json"


def review_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of what `review-*.json` and `--json` contain."""
    schema = Review.model_json_schema(by_alias=True, mode="serialization")
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "countersign/review/1",
        "title": "Countersign review",
    }
    return {**schema, **head}


def schema_text() -> str:
    """The checked-in file; write it anew with `python -m pipeline.report.schema`."""
    return json.dumps(review_schema(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
