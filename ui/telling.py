"""What went wrong with a call of the command line, told on standard error in the language that it asked for."""

from __future__ import annotations

import click

from graph.errors import AmbiguousError, GraphError, ParameterError, QueryError
from ontology.contract import ContractError
from ontology.decisions import DecisionError
from ontology.vocabulary import DataError
from pipeline import ExtractError
from ui.i18n import Language, Texts
from ui.terminal import FormatError, in_language

KNOWN_ERRORS = (GraphError, ExtractError, ContractError, DataError, DecisionError, OSError)
"""What is told in a sentence; anything else is a defect of ours."""


def tell_error(error: Exception, language: Language) -> int:
    """Given one of the known errors, tell it, where it is ambiguous with what may be meant; return the exit status."""
    t = Texts(language)
    _complain(t("terminal.error", what=_said(error, t)))
    if isinstance(error, AmbiguousError):
        for candidate in error.candidates:
            _complain(f"    {candidate}")
    return 2 if isinstance(error, AmbiguousError | ParameterError | QueryError | FormatError) else 1


def _said(error: Exception, t: Texts) -> str:
    if isinstance(error, OSError) and error.strerror:
        reason = in_language(error.strerror, t)
        return f"{error.filename}{t('app.colon')}{reason}" if error.filename else reason
    return in_language(str(error), t)


def tell_call(error: click.ClickException, language: Language) -> int:
    """Given what is wrong with a call, tell it with the usage of the command; return the exit status."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()  # its message is the whole help
        return error.exit_code
    t = Texts(language)
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None:
        _complain(context.get_usage().replace("Usage: ", t("terminal.usage"), 1))
        _complain(t("terminal.try_help", command=context.command_path, option=context.help_option_names[0]) + "\n")
    name = "terminal.wrong_call" if isinstance(error, click.UsageError) else "terminal.error"
    _complain(t(name, what=in_language(error.format_message(), t)))
    return error.exit_code


def _complain(text: str) -> None:
    click.echo(text, err=True)
