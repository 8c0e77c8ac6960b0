"""Every way DevPilot says no.

A family is the service that owns the error; each class is one code of the public list.
`sentence` is for the person: what was refused and why. `mend` is what to do next.
Raising one of these is the only way to refuse; the pipeline turns it into the answer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one posted field. `field` is its posted name."""

    field: str
    message: str

    @property
    def href(self) -> str:
        """A link to the control, whose id is its posted name."""
        return f"#{self.field}"


class Refusal(Exception):
    """Something DevPilot does not do now. Subclasses are the published error codes."""

    code: ClassVar[str]
    status: ClassVar[int]
    service: ClassVar[str]
    title: ClassVar[str]
    mend: str = ""

    def __init__(
        self, sentence: str = "", mend: str = "", problems: Sequence[Problem] = ()
    ) -> None:
        self.sentence = sentence or f"{self.title}."
        self.mend = mend or self.mend
        self.problems = tuple(problems)
        super().__init__(self.sentence)

    @property
    def text(self) -> str:
        """Both sentences, one after the other."""
        return f"{self.sentence} {self.mend}".strip()


class Outdated(Exception):
    """What was prepared outside the transaction no longer fits what it is prepared for.

    Not a refusal. A view raises it, and the pipeline prepares once more.
    """


class NothingToDo(Exception):
    """What was asked for is already so: a success without a further check or change.

    Not a refusal. A guard raises it, and the pipeline skips the guards after it.
    """


class IdentityError(Refusal):
    service = "identity"


class BillingError(Refusal):
    service = "billing"


class QuotaError(Refusal):
    service = "quota"


class ProjectError(Refusal):
    service = "projects"


class RevisionError(Refusal):
    service = "revisions"


class StepError(Refusal):
    service = "steps"


class ExportError(Refusal):
    service = "exports"


class AiError(Refusal):
    service = "ai"


class AuthenticationRequired(IdentityError):
    code, status = "authentication_required", 401
    title = "You are not signed in"
    mend = "Sign in, and you will be taken back to what you were doing."


class InvalidCredentials(IdentityError):
    code, status = "invalid_credentials", 401
    title = "E-mail or password is not right"
    mend = "Check both and try again."


class NotFound(IdentityError):
    code, status = "not_found", 404
    title = "There is nothing at this address"
    mend = "Check the address, or go back to your projects."


class CsrfFailed(IdentityError):
    code, status = "csrf_failed", 400
    title = "This form could not be verified"
    mend = "Nothing was changed. Open the page again and send the form once more."


class RateLimited(IdentityError):
    code, status = "rate_limited", 429
    title = "Too many requests"

    def __init__(self, retry_after: int) -> None:
        minutes = max(1, round(retry_after / 60))
        unit = "minute" if minutes == 1 else "minutes"
        self.retry_after = retry_after
        super().__init__(
            "That was tried too many times in a short while, so it is paused.",
            f"Try again in about {minutes} {unit}. Nothing was changed.",
        )


class MethodNotAllowed(IdentityError):
    code, status = "method_not_allowed", 405
    title = "This address does not take that kind of request"
    mend = "Use the page’s own form or link."

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self.allowed = tuple(allowed)
        super().__init__()


class UntrustedHost(IdentityError):
    code, status = "invalid_input", 400
    title = "This server does not answer to that host name"
    mend = "Use the address the product was given, or set DEVPILOT_BASE_URL to this one."


class InternalError(IdentityError):
    code, status = "internal_error", 500
    title = "Something on our side failed"
    mend = (
        "Open the page again to see what is saved, then try once more; if it stays, tell the "
        "operator the request number."
    )


class DatabaseUnavailable(IdentityError):
    code, status = "database_unavailable", 503
    title = "The database does not answer"
    mend = "Open the page again in a moment to see what is saved, then try once more."


class SubscriptionRequired(BillingError):
    code, status = "subscription_required", 402
    title = "This needs the Pro plan"
    mend = "Everything you wrote stays yours and readable. See Billing to start Pro."


class BillingUnavailable(BillingError):
    code, status = "billing_unavailable", 503
    title = "Payment is not available now"
    mend = "Ask the operator of this installation; no payment provider is set up."


class QuotaExceeded(QuotaError):
    code, status = "quota_exceeded", 403
    title = "A limit of your plan is reached"
    mend = "See Usage for what counts and when it resets."


class ProjectDeleted(ProjectError):
    code, status = "project_deleted", 409
    title = "This project is deleted"
    mend = "Restore the project first."


class RevisionInvalidState(RevisionError):
    code, status = "revision_invalid_state", 409
    title = "This revision cannot be changed now"


class StaleVersion(RevisionError):
    code, status = "stale_version", 409
    title = "This page is older than what is saved"
    mend = "Compare the two texts below, keep what is right, and save again."


class StepOutOfSequence(StepError):
    code, status = "step_out_of_sequence", 409
    title = "A step before this one is not locked yet"


class StepLocked(StepError):
    code, status = "step_locked", 409
    title = "This step is locked"
    mend = "A locked step changes only by a restart from it."


class StepNotLocked(StepError):
    code, status = "step_not_locked", 409
    title = "This step is not locked"
    mend = "Edit it as it is; a restart is only for what is locked."


class StepValidationFailed(StepError):
    code, status = "step_validation_failed", 422
    title = "This step cannot be locked yet"
    mend = "Mend what is listed, then lock again."


class ExportIneligible(ExportError):
    code, status = "export_ineligible", 409
    title = "This revision cannot be exported yet"


class AiUnavailable(AiError):
    code, status = "ai_unavailable", 503
    title = "AI suggestions are not available now"
    mend = "Nothing was changed or counted, and your text is kept. Try again in a few minutes."


class AiTimeout(AiError):
    code, status = "ai_timeout", 504
    title = "The AI provider did not answer in time"
    mend = "Nothing was changed or counted, and your text is kept. Try again."


class AiInvalidResponse(AiError):
    code, status = "ai_invalid_response", 502
    title = "The AI provider’s answer cannot be used"
    mend = "Nothing was changed or counted, and your text is kept. Try again."


class InvalidInput(Refusal):
    """Fields of the wrong shape or size. The one code that each form's own service raises."""

    code, status = "invalid_input", 422
    title = "Some of what was sent cannot be used"
    mend = "Mend the fields named below. Nothing was changed."

    def __init__(
        self, service: str, problems: Sequence[Problem], sentence: str = "", mend: str = ""
    ) -> None:
        super().__init__(sentence, mend, problems)
        self.service = service  # type: ignore[misc]  # owned by whichever form was posted


def published_codes() -> list[type[Refusal]]:
    """Every code of the public list, by service and code."""
    families = Refusal.__subclasses__()
    codes = [InvalidInput] + [cls for family in families for cls in family.__subclasses__()]
    return sorted(codes, key=lambda cls: (getattr(cls, "service", ""), cls.code))


class SettingError(Exception):
    """A setting is wrong. The text names the variable and says how to mend it."""
