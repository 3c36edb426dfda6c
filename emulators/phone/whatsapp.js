"use strict";

const FILES = {document: "File", audio: "Audio", video: "Video"};
const PICTURES = {image: "Photo", sticker: "Sticker"};
const TICKS = {sent: "✓", delivered: "✓✓", read: "✓✓"};
const MARKS = {"*": "b", "_": "i", "~": "s"};
const STYLED = /```([^]+?)```|`([^`\n]+)`|(?<![\w*_~])([*_~])(?=\S)(.+?)(?<=\S)\3(?!\w)|(https?:\/\/\S+)/g;
const INVISIBLE = new Set(["reaction", "edit", "revoke", "system"]);

let business;

document.documentElement.dataset.platform = "whatsapp";

const platform = {
  idle: "business account",
  people: "people",
  name: () => business.verified_name,
  self: () => ({number: business.phone_number_id, person: me.id}),
  chat: () => ({number: business.phone_number_id}),
  id: message => message.id,
  isMine: message => !message.by_business,
  isHidden: message => INVISIBLE.has(message.content.type),
  date: message => message.timestamp,
  isEdited: message => message.edited,
  head,
  words,
  foot,
  ticks,
  below,

  async meet(known) {
    [business] = await ask("/numbers");
    if (!business) throw new Error("No number is there yet…");
    introduce(business.verified_name);
    const people = await ask("/people");
    const own = {phone: known?.phone, user_ids: known?.user_ids};
    return people.some(one => one.id === known?.id) ? known : post("/people", {name: NAME, country: "DE", ...own});
  },

  // Whoever looks at the chat has read what is in it.
  heard(messages) {
    const isNew = messages.some(message => message.by_business && message.status === "delivered");
    if (isNew && document.visibilityState === "visible") act("/reads", {}).catch(() => {});
  },

  fileKind(file) {
    const kind = file.type.split("/")[0];
    return ["image", "audio", "video"].includes(kind) ? kind : "document";
  },
};

const body = message => message.content[message.content.type] ?? {};

function head(message) {
  if (message.revoked) return [];
  const {header} = message.content.type === "template" ? message.shown : body(message);
  return [...quoted(message), ...headed(header), ...filed(message.content)];
}

function quoted({context}) {
  const known = context.id && shown(context.id)?.querySelector(".words");
  return known ? [make("blockquote", {}, known.textContent)] : [];
}

function headed(header) {
  if (!header) return [];
  return header.text ? [make("div", {className: "head"}, header.text)] : filed(header);
}

function filed(content) {
  const kind = Object.keys({...PICTURES, ...FILES}).find(name => content[name]);
  if (!kind) return [];
  const {id, link, filename, caption} = content[kind], name = PICTURES[kind] ?? filename ?? FILES[kind];
  if (!id) return [outward(safe(link), name, "file")];
  const address = `/_control/files/${id}`;
  return [PICTURES[kind] ? picture(address, caption ? "" : name) : outward(address, name, "file")];
}

function words(message) {
  const {content} = message, it = body(message);
  if (message.revoked) return make("i", {}, "This message was deleted");
  switch (content.type) {
    case "text": return make("span", {}, ...styled(it.body));
    case "template": return make("span", {}, ...styled(message.shown.body));
    case "interactive": return make("span", {}, ...styled(it.body?.text ?? it[it.type]?.title ?? ""));
    case "button": return it.text;
    case "location": return [it.name, it.address, `${it.latitude}, ${it.longitude}`].filter(Boolean).join(", ");
    case "contacts": return it.map(one => `${one.name?.formatted_name ?? ""} ${one.phones?.[0]?.phone ?? ""}`).join("\n");
  }
  if (content.type in {...PICTURES, ...FILES}) return make("span", {}, ...styled(it.caption ?? ""));
  return `(${content.type})`;
}

function foot(message) {
  const text = message.shown.footer ?? body(message).footer?.text;
  const reactions = message.reactions.length ? [make("div", {className: "reactions"}, message.reactions.join(" "))] : [];
  return text && !message.revoked ? [make("div", {className: "foot"}, text), ...reactions] : reactions;
}

function ticks(message) {
  if (message.by_business || !TICKS[message.status]) return [];
  const mark = make("span", {className: `ticks ${message.status}`}, TICKS[message.status]);
  mark.setAttribute("role", "img");
  mark.setAttribute("aria-label", message.status);
  return [" ", mark];
}

function below(message) {
  const {action} = body(message), press = choice => act("/presses", {message: message.id, choice}).catch(() => {});
  if (message.revoked || !message.by_business) return [];
  const buttons = (message.shown.buttons ?? []).map(button => offered(button, press));
  for (const {reply} of action?.buttons ?? []) buttons.push(pressable(reply.title, () => press(reply.id)));
  if (action?.parameters?.url) buttons.push(outward(safe(action.parameters.url), action.parameters.display_text));
  const rows = buttons.map(button => make("div", {className: "row"}, button));
  return action?.sections ? [...rows, listed(action, press)] : rows;
}

function offered(button, press) {
  switch (button.type) {
    case "QUICK_REPLY": return pressable(button.text, () => press(button.payload));
    case "URL": return outward(safe(button.url), button.text);
    case "PHONE_NUMBER": return outward(safe(`tel:${button.phone_number}`), button.text);
    case "COPY_CODE":
    case "OTP": return pressable(`${button.text}: ${button.code}`, () => navigator.clipboard?.writeText(button.code));
  }
  return make("button", {type: "button", disabled: true}, button.text);
}

const pressable = (text, onclick) => make("button", {type: "button", onclick}, text);

function listed(action, press) {
  const list = make("details", {className: "list"}, make("summary", {}, action.button));
  for (const section of action.sections) {
    if (section.title) list.append(make("div", {className: "foot"}, section.title));
    for (const row of section.rows) {
      const button = pressable(row.title, () => { list.open = false; press(row.id); });
      if (row.description) button.append(make("small", {}, row.description));
      list.append(make("div", {className: "row"}, button));
    }
  }
  return list;
}

// *bold*, _italic_, ~struck~, `code`, ```as typed```, and addresses.
function styled(text) {
  const parts = [];
  let at = 0;
  for (const found of text.matchAll(STYLED)) {
    const [all, block, code, mark, inner, address] = found;
    parts.push(text.slice(at, found.index));
    if (block) parts.push(make("pre", {}, block));
    else if (code) parts.push(make("code", {}, code));
    else if (mark) parts.push(make(MARKS[mark], {}, ...styled(inner)));
    else parts.push(outward(safe(address), address));
    at = found.index + all.length;
  }
  return [...parts, text.slice(at)];
}
