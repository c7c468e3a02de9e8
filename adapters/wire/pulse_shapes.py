"""How reports, specifications and insights look on the wire."""

from adapters.wire.knowledge_shapes import card_json
from adapters.wire.matter_shapes import matter_json
from adapters.wire.shapes import Json, optional_time, wire_time
from application.insights import Outlook
from domain.pulse import PulseReport, Section
from domain.specification_documents import NAMES, Packet


def report_json(report: PulseReport) -> Json:
    """A report: every section is there, one that has nothing to say is empty."""
    coverage = report.coverage
    return {
        "id": report.id,
        "roomId": report.room_id,
        "summary": report.draft.summary,
        "sections": {section.value: report.section(section) for section in Section},
        "aiSuggestions": list(report.draft.suggestions),
        "generatedAt": wire_time(report.generated_at),
        "coverage": {
            "messages": coverage.messages,
            "since": optional_time(coverage.since),
            "complete": coverage.complete,
            "untilSeq": report.until_seq,
        },
    }


def report_entry_json(report: PulseReport) -> Json:
    """A report as it stands in a list."""
    return {
        "id": report.id,
        "roomId": report.room_id,
        "summary": report.draft.summary,
        "generatedAt": wire_time(report.generated_at),
    }


def packet_json(packet: Packet) -> Json:
    """A specification, with what is not known and the names of its documents."""
    specified = packet.specification
    return {
        **specified.content,
        "unknown": list(specified.unknown),
        "documents": list(NAMES),
        "generatedAt": wire_time(packet.report.generated_at),
    }


def outlook_json(outlook: Outlook) -> Json:
    """What stands out in somebody's week."""
    titles = {summary.room.id: summary.room.title for summary in outlook.rooms}
    return {
        "weekStart": wire_time(outlook.week.since),
        "cards": [card_json(card) for card in outlook.cards],
        "pulse": [
            {**report_entry_json(report), "roomTitle": titles.get(report.room_id, "")} for report in outlook.reports
        ],
        "decisions": [matter_json(matter) for matter in outlook.decisions],
        "tasks": [matter_json(matter) for matter in outlook.tasks],
        "overdue": [{**matter_json(matter), "kind": matter.kind.value} for matter in outlook.overdue],
    }
