"""What a reviewer reads: one offline page per case and the list of all cases."""

from pipeline.report.render import render_case, render_index
from pipeline.report.views import Arrival, CaseView, ConsentView, DecisionView, DocumentView, IndexRow, PaperView

__all__ = [
    "Arrival",
    "CaseView",
    "ConsentView",
    "DecisionView",
    "DocumentView",
    "IndexRow",
    "PaperView",
    "render_case",
    "render_index",
]
