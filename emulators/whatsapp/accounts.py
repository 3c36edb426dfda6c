"""What a business has at Meta: apps and their tokens, accounts, numbers, templates."""

from dataclasses import dataclass, field

from emulators.pace import Window

from . import limits
from .errors import Json
from .people import Person, Thread

MESSAGING, MANAGEMENT = "whatsapp_business_messaging", "whatsapp_business_management"
KEPT_IDS = 100_000
FIELDS = (
    "messages smb_message_echoes smb_app_state_sync history message_template_status_update"
    " message_template_quality_update message_template_components_update template_category_update"
    " user_preferences phone_number_quality_update phone_number_name_update"
    " business_capability_update account_update account_alerts account_review_update security calls"
    " business_username_updates"
).split()


@dataclass(eq=False, kw_only=True)
class App:
    """What developers make at Meta: its secret signs the webhooks."""

    id: str
    secret: str
    callback_url: str = ""
    verify_token: str = ""
    fields: set[str] = field(default_factory=lambda: set(FIELDS))

    @property
    def token(self) -> str:
        return f"{self.id}|{self.secret}"


@dataclass(eq=False, kw_only=True)
class Token:
    """An access token of a system user; `wabas` None: all."""

    value: str
    app: App
    permissions: set[str] = field(default_factory=lambda: {MESSAGING, MANAGEMENT})
    wabas: set[str] | None = None
    expires: float = 0.0
    revoked: bool = False


@dataclass(eq=False, kw_only=True)
class Portfolio:
    """A business. `limit`: how many people it may write to first within 24 hours (WA18)."""

    id: str
    limit: int | None = None
    parent_ids: bool = False
    contact_book: bool = False
    book: set[Person] = field(default_factory=set)
    reached: dict[Person, float] = field(default_factory=dict)

    def may_reach(self, person: Person, now: float) -> bool:
        self.reached = {one: at for one, at in self.reached.items() if now - at < limits.DAY}
        if self.limit is not None and person not in self.reached:
            return len(self.reached) < self.limit
        return True


@dataclass(eq=False, kw_only=True)
class Waba:
    """A WhatsApp Business account: numbers and templates."""

    id: str
    portfolio: Portfolio
    name: str
    trouble: int = 0
    """The code that all sends are refused with (WA33)."""
    templates: "dict[str, Template]" = field(default_factory=dict)
    subscribed: dict[str, str] = field(default_factory=dict)
    """Apps by id, each with the callback that overrides its own, if any."""
    created: Window = field(default_factory=lambda: Window(100, 3600.0))
    paces: dict[str, Window] = field(default_factory=dict)


@dataclass(eq=False, kw_only=True)
class Number:
    """A number of a business."""

    id: str
    waba: Waba
    phone: str
    verified_name: str
    country_code: str
    coexistence: bool = False
    allowed: set[str] | None = None
    """WA9: a test number writes to these alone."""
    trouble: int = 0
    registered: bool = True
    identity_check: bool = False
    quality: str = "GREEN"
    limits: bool = True
    override: tuple[str, str] = ("", "")
    """A callback of its own, and the app that set it."""
    threads: dict[Person, Thread] = field(default_factory=dict)
    received: dict[str, Thread] = field(default_factory=dict)
    """Where each message came in, by its id."""
    pace: Window = field(init=False)

    def __post_init__(self) -> None:
        self.pace = limits.throughput(coexistence=self.coexistence)

    def receive(self, wamid: str, thread: Thread) -> None:
        self.received[wamid] = thread
        if len(self.received) > KEPT_IDS:
            del self.received[next(iter(self.received))]

    @property
    def metadata(self) -> Json:
        return {"display_phone_number": self.phone, "phone_number_id": self.id}


@dataclass(eq=False, kw_only=True)
class Template:
    """One template in one language; `components` as Meta writes them."""

    id: str
    waba: Waba
    name: str
    language: str
    category: str
    components: list[Json]
    parameter_format: str = "POSITIONAL"
    status: str = "APPROVED"
    quality: str = "UNKNOWN"
    rejected_reason: str = "NONE"
    previous_category: str = ""
    held: bool = False
    """Pacing: what is sent waits for a look at its quality."""

    def part(self, kind: str) -> Json:
        """A component by its type; empty if there is none."""
        return next((one for one in self.components if one["type"] == kind), {})

    @property
    def buttons(self) -> list[Json]:
        found: list[Json] = self.part("BUTTONS").get("buttons", [])
        return found

    def json(self) -> Json:
        """Everything that may be asked for."""
        return {
            "name": self.name,
            "parameter_format": self.parameter_format,
            "components": self.components,
            "language": self.language,
            "status": self.status,
            "category": self.category,
            "id": self.id,
            "previous_category": self.previous_category,
            "rejected_reason": self.rejected_reason,
            "quality_score": {"score": self.quality},
        }
