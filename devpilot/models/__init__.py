"""Tables, constraints, and facts about one row. Importing this knows every table.

A newcomer's likely mistake: putting a rule that needs more than its own row here; those
are guards in `services`.
"""

from devpilot.models.account import Account, Limits
from devpilot.models.billing import Interval, Plan, PlanCode, Subscription
from devpilot.models.export import Export
from devpilot.models.project import Project
from devpilot.models.quota import Usage, UsageType
from devpilot.models.revision import EventKind, Revision, RevisionEvent
from devpilot.models.step import LockedText, RowKey, Step, StepContent
from devpilot.models.suggestion import (
    AiAgreement,
    Ask,
    Origin,
    Suggestion,
    SuggestionKind,
)
from devpilot.models.technical import (
    BillingCustomer,
    IdempotencyKey,
    RateCounter,
    Reservation,
    WebhookEvent,
)
from devpilot.models.user import AccountStatus, User, UserSession

__all__ = [
    "Account",
    "AccountStatus",
    "AiAgreement",
    "Ask",
    "BillingCustomer",
    "EventKind",
    "Export",
    "IdempotencyKey",
    "Interval",
    "Limits",
    "LockedText",
    "Origin",
    "Plan",
    "PlanCode",
    "Project",
    "RateCounter",
    "Reservation",
    "Revision",
    "RevisionEvent",
    "RowKey",
    "Step",
    "StepContent",
    "Subscription",
    "Suggestion",
    "SuggestionKind",
    "Usage",
    "UsageType",
    "User",
    "UserSession",
    "WebhookEvent",
]
