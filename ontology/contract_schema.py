"""The JSON Schema of the contract, made from the records: `ontology/contract.schema.json` is this module's output.

Given nothing, `json_schema` returns the schema (2020-12); `ontology.reference` writes it to its file and a test fails
when the file is stale. Descriptions of fields stand here, because the records' docstrings speak to programmers.
"""

from __future__ import annotations

from collections.abc import Mapping

from ontology import records
from ontology.contract import CONTRACT_VERSION, Field, Json, definition_name, record_fields

SCHEMA_FILE = "contract.schema.json"
_SCHEMA_ID = "https://w3id.org/pikg/contract/1/disclosure.schema.json"

RECORDS: tuple[type, ...] = (
    records.DocumentInfo,
    records.Named,
    records.Project,
    records.Indicator,
    records.Value,
    records.Funding,
    records.Execution,
    records.StageGoal,
    records.Section,
    records.BudgetLine,
    records.Fact,
    records.Issue,
    records.Place,
    records.PrintedCell,
)
"""The record types that have a definition of their own in the schema."""

_RECORD_DESCRIPTIONS: Mapping[str, str] = {
    "document": "The file that was read, and what its own text says of it.",
    "named": "A unit or a region: its printed name, and its printed or standard code.",
    "project": "One printed form that speaks of one project or of a whole department.",
    "indicator": "One row of a form: the path through the tiers, its target, and what was achieved.",
    "value": "A target or an actual: the printed text, and what it says as a number, a day or a word.",
    "funding": "One printed amount of a form's funding block, in yuan.",
    "execution": "The execution rate in percent, with the points that it may earn and earned.",
    "stage_goal": "What is to be reached in a part of the year.",
    "section": "A part of a project's description in prose: what it is, its heading and its text.",
    "budget_line": "One printed amount of a financial table, in yuan.",
    "fact": "What a sentence of the running text says.",
    "issue": "Something that could not be read, or was read with doubt.",
    "provenance": "Where something was printed. Numbers count from 1; page is null in formats without pages.",
    "cell": "A printed cell: its place, its text, and in `more` where a page break carried it on.",
}

FIELD_DESCRIPTIONS: Mapping[str, str] = {
    "document.file": "The file's name, without its folder.",
    "document.sha256": "The hash of the file's bytes, in lower case hexadecimal.",
    "document.fiscal_year": "The year that the money is for, not the year of publication.",
    "document.region": "The region that the publisher belongs to, named and coded as in GB/T 2260.",
    "document.unit": "Who published the document.",
    "project.form_id": "Tells the forms of a document apart; the same whenever the file is read.",
    "project.scope": "project for one project, department for a department's spending as a whole.",
    "project.stages": "Goals of parts of the year (阶段目标).",
    "project.score": "The total points that a self-evaluation gives.",
    "indicator.tier1": "The first tier as printed, carried down merged cells.",
    "indicator.tier2": "The second tier as printed, carried down merged cells.",
    "indicator.tier3": "The indicator's name as printed.",
    "indicator.tier1_concept": "The notation of the first tier in the vocabulary.",
    "indicator.tier2_concept": "The notation of the second tier in the vocabulary.",
    "indicator.absence": "Why there is no target.",
    "indicator.weight": "Points to be had (权重, 分值).",
    "indicator.score": "Points given (得分).",
    "indicator.measure": "What the name says is measured (satisfaction, timeliness ...), by the vocabulary's notation.",
    "indicator.object": "What the name says it is measured on.",
    "indicator.cells": "The printed cells by field: target, actual, tier3, weight, score ...",
    "value.raw": "The cell's text; sign and unit cells of a split target are joined to it.",
    "value.value": "The number as printed; for a range the lower one.",
    "value.upper": "The upper number of a range.",
    "value.base_value": "The number with 万, 亿 and 千 multiplied out.",
    "value.date": "The last acceptable day of a deadline.",
    "value.relative_to": "What the number is measured against (last year, the plan ...).",
    "value.scale": "The words of a qualitative scale, best first as printed.",
    "value.parts": "The single targets where one cell prints several; the keys above are the first's.",
    "funding.amount": "In yuan.",
    "funding.raw": "The amount as printed; its digits show how far it was rounded.",
    "funding.unit": "The unit that the amount was printed in.",
    "execution.rate": "In percent.",
    "budget_line.amount": "In yuan.",
    "budget_line.column": "The column's heads from top to bottom, joined by /.",
    "budget_line.role": "Whether the amount is a total, a subtotal or a detail: details alone may be added up.",
    "budget_line.level": "Depth: 类 1, 款 2, 项 3, or that of a numbered list.",
    "budget_line.unit_name": "The unit that the row belongs to, where a table has rows of several.",
    "fact.kind": "A notation of the vocabulary (scheme fact).",
    "fact.text": "The sentences as printed.",
    "fact.subject": "What the sentence speaks of, as printed.",
    "fact.amount": "In yuan.",
    "fact.value": "A count, a percentage or a score, where it is no amount.",
    "fact.raw": "The figure as printed, or the word that says that there is none (无, 未安排).",
    "fact.stage": "Which figure of the year it is, where the sentence says so.",
    "fact.change": "By how much it rose or, below zero, fell, in yuan; 0 for 持平.",
    "fact.percent": "By how many percent it rose or, below zero, fell.",
    "fact.compared_with": "The year that it rose or fell against.",
    "fact.share": "Its percentage of a whole.",
    "fact.part_of": "The number of the whole's fact in the list, from 1.",
    "fact.cause": "The reason that the text gives for the change.",
    "section.kind": "A notation of the vocabulary (scheme section).",
    "section.label": "The heading as printed.",
    "provenance.paragraph": "Of running text: the paragraph, counted over the document.",
    "provenance.bbox": "[x0, top, x1, bottom] in points of the page as displayed, origin top left.",
    "provenance.table": "Counted over the page, the sheet, or the document where it has neither.",
    "provenance.confidence": "How sure optical reading is, from 0 to 1.",
}
"""What a field holds, by `record.key`."""


def json_schema() -> dict[str, Json]:
    """Return the JSON Schema of contract version 1."""
    top = {entry.key: entry.codec.schema() for entry in record_fields(records.Disclosure)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": _SCHEMA_ID,
        "title": f"pikg: a disclosure, contract version {CONTRACT_VERSION}",
        "description": "Made from the record types; do not edit. docs/contract.md explains it.",
        "type": "object",
        "required": ["contract_version", "document", *_always(records.Disclosure)],
        "properties": {"contract_version": {"const": CONTRACT_VERSION}, **top},
        "additionalProperties": False,
        "$defs": {definition_name(record): _definition(record) for record in RECORDS},
    }


def _always(record: type) -> list[str]:
    return [entry.key for entry in record_fields(record) if entry.always]


def _definition(record: type) -> dict[str, Json]:
    name = definition_name(record)
    properties = {entry.key: _described(name, entry) for entry in record_fields(record)}
    required = [entry.key for entry in record_fields(record) if entry.always or entry.needed]
    if record is records.PrintedCell:
        properties = {**{e.key: _described("provenance", e) for e in record_fields(records.Place)}, **properties}
    if record is records.Issue:
        properties["message"] = {
            "type": "object",
            "properties": {"zh": {"type": "string"}, "en": {"type": "string"}},
            "required": ["zh", "en"],
            "additionalProperties": False,
        }
        required.append("message")
    if record is records.Funding:
        properties["currency"] = {"const": "CNY"}
    return {
        "description": _RECORD_DESCRIPTIONS[name],
        "type": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": False,
    }


def _described(record: str, entry: Field) -> dict[str, Json]:
    schema = entry.codec.schema()
    description = FIELD_DESCRIPTIONS.get(f"{record}.{entry.key}")
    return {**schema, "description": description} if description else schema
