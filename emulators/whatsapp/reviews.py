"""What Meta decides about templates, and tells by webhook: status, quality, category, components."""

from .accounts import Template
from .errors import Json
from .state import Meta

EVENTS = {
    "FLAGGED": "",
    "REINSTATED": "APPROVED",
    "APPROVED": "APPROVED",
    "REJECTED": "REJECTED",
    "PENDING": "PENDING",
    "PAUSED": "PAUSED",
    "DISABLED": "DISABLED",
    "IN_APPEAL": "IN_APPEAL",
    "PENDING_DELETION": "PENDING_DELETION",
    "DELETED": "DELETED",
    "LIMIT_EXCEEDED": "LIMIT_EXCEEDED",
    "ARCHIVED": "ARCHIVED",
}
"""Each event, and the status that it leads to, if it changes it."""
PAUSES = (3, 6)
"""Hours, the first time and the second; the third time a template is disabled."""


def submit(meta: Meta, template: Template) -> None:
    """Approved after a while, unless somebody decides before."""
    seconds = meta.switches.review_after
    if seconds >= 0:
        meta.agenda.after(seconds, lambda: _approve(meta, template))


def _approve(meta: Meta, template: Template) -> None:
    if template.status == "PENDING":
        status(meta, template, "APPROVED")


def _about(template: Template) -> Json:
    return {
        "message_template_id": int(template.id),
        "message_template_name": template.name,
        "message_template_language": template.language,
    }


def status(meta: Meta, template: Template, event: str, reason: str = "NONE") -> None:
    """`message_template_status_update`."""
    template.status = EVENTS[event] or template.status
    template.rejected_reason = reason if event == "REJECTED" else "NONE"
    value: Json = {"event": event, **_about(template), "reason": reason}
    value["message_template_category"] = template.category
    if event == "DISABLED":
        value["disable_info"] = {"disable_date": str(int(meta.now))}
    if event in {"PAUSED", "FLAGGED"}:
        value["other_info"] = {"title": "FIRST_PAUSE", "description": reason}
    meta.postman.tell(template.waba, "message_template_status_update", value)


def pause(meta: Meta, template: Template, times: int = 1) -> None:
    """WA25: for low quality, three hours, then six; the third time it is disabled."""
    if times > len(PAUSES):
        status(meta, template, "DISABLED")
        return
    status(meta, template, "PAUSED")
    meta.agenda.after(PAUSES[times - 1] * 3600.0, lambda: _end_pause(meta, template))


def _end_pause(meta: Meta, template: Template) -> None:
    if template.status == "PAUSED":
        status(meta, template, "APPROVED")


def quality(meta: Meta, template: Template, score: str) -> None:
    value = {
        "previous_quality_score": template.quality,
        "new_quality_score": score,
        **_about(template),
    }
    template.quality = score
    meta.postman.tell(template.waba, "message_template_quality_update", value)


def category(meta: Meta, template: Template, new: str) -> None:
    """Meta thinks that it is of another category."""
    template.previous_category, template.category = template.category, new
    value = {
        **_about(template),
        "previous_category": template.previous_category,
        "new_category": new,
    }
    meta.postman.tell(template.waba, "template_category_update", value)


def components(meta: Meta, template: Template) -> None:
    """Somebody edited it, and it is approved."""
    value: Json = {**_about(template)}
    value["message_template_element"] = template.part("BODY").get("text", "")
    for name, kind in (("title", "HEADER"), ("footer", "FOOTER")):
        text = template.part(kind).get("text")
        value |= {f"message_template_{name}": text} if text else {}
    meta.postman.tell(template.waba, "message_template_components_update", value)


def decide(meta: Meta, template: Template, *, drop: bool) -> int:
    """What pacing held goes out, or fails because the template is paused; how many there were."""
    mine = [one for one in meta.held if one[0] is template]
    meta.held = [one for one in meta.held if one[0] is not template]
    template.held = False
    for _, number, thread, message in mine:
        meta.fates.begin(number, thread, message, 132015 if drop else 0)
    return len(mine)
