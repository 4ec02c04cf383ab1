"""The error tree; every branch carries the exit code of the command line.

CountersignError        1
├── UsageError          2   the command was called wrongly
│   └── RefusedError        the case does not allow this step now
├── SettingsError       3   countersign.toml, environment, folders
├── PackError           3   a document pack or one of its data files
├── IntakeError         4   a file could not be taken over
└── StageError          5   a stage could not do its work
    ├── UnreadableError     the document cannot be read: becomes a finding, not a crash
    └── GenerateError       an outgoing paper cannot be written

Errors are for us, findings are for reviewers: a broken document never raises past its stage.
"""


class CountersignError(Exception):
    """Base of all errors raised on purpose; `advice` says what the person at the desk does next."""

    exit_code = 1

    def __init__(self, message: str, *, advice: str = "") -> None:
        super().__init__(message)
        self.advice = advice

    def __str__(self) -> str:
        text = str(self.args[0])
        return f"{text} — {self.advice}" if self.advice else text


class UsageError(CountersignError):
    """The command was called wrongly."""

    exit_code = 2


class RefusedError(UsageError):
    """The case does not allow this step now; the message names the rule or state that stands against it."""


class SettingsError(CountersignError):
    """The settings or the folders they name do not work."""

    exit_code = 3


class PackError(CountersignError):
    """A document pack is broken; the message names file, key and valid names."""

    exit_code = 3


class IntakeError(CountersignError):
    """A file could not be taken over; it stays where it is."""

    exit_code = 4


class StageError(CountersignError):
    """A stage could not do its work."""

    exit_code = 5


class UnreadableError(StageError):
    """The document cannot be read; `reason` is a stable word: see `pipeline.model.UnreadableReason`."""

    def __init__(self, reason: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.reason = reason
        self.zh = zh
        self.en = en


class GenerateError(StageError):
    """An outgoing paper cannot be written, e.g. a variable has no value."""
