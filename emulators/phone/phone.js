"use strict";

const $ = id => document.getElementById(id);
const TAGS = {bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote"};
const FILES = {document: "File", voice: "Voice message", audio: "Audio", video: "Video", animation: "Animation",
  video_note: "Video message", sticker: "Sticker"};
const NEAR = 48;

let bot, me, revision = 0, typing = false, acts = Promise.resolve(), isAtEnd = true;

async function ask(path, options) {
  const got = await fetch("/_control" + path, options).catch(() => { throw new Error("No connection, trying again…"); });
  if (got.status === 404) throw new Error("Forgotten by the emulator: reload the page");
  if (!got.ok) throw new Error(`The emulator answered ${got.status}`);
  return got.json();
}

const post = (path, body) => ask(path, {method: "POST", body: JSON.stringify(body)});

// One after another, so that what is done first also arrives first.
function act(path, body) {
  const done = acts.then(() => post(path, {bot: bot.token, user: me.id, ...body}));
  acts = done.catch(error => { $("state").textContent = error.message; });
  return done;
}

async function live() {
  for (;;) {
    try {
      if (!me) await meet();
      await hear();
    } catch (error) {
      $("state").textContent = error.message;
      await new Promise(done => setTimeout(done, 1000));
    }
  }
}

async function meet() {
  [bot] = await ask("/bots");
  if (!bot) throw new Error("No bot is there yet…");
  $("bot").textContent = bot.first_name;
  $("face").textContent = [...bot.first_name][0];
  const user = await post("/users", {first_name: "Robin", username: "robin", language_code: navigator.language.slice(0, 2)});
  await post(`/users/${user.id}/start`, {bot: bot.token});
  me = user;
}

async function hear() {
  const query = new URLSearchParams({bot: bot.token, since: revision, wait: 20, typing});
  const heard = await ask(`/chats/${me.id}/messages?${query}`);
  ({revision, typing} = heard);
  $("state").textContent = typing ? "typing…" : "bot";
  for (const number of heard.deleted) replace(shown(number));
  for (const message of heard.messages) show(message);
}

const shown = number => $("messages").querySelector(`[data-number="${number}"]`);

function show(message) {
  const item = made(message), old = shown(message.message_id);
  if (old) replace(old, item);
  else $("messages").append(item);
  if (isAtEnd || !message.from_bot) toEnd();
}

// A button that goes away while it is focused must not take the keyboard with it.
function replace(old, ...items) {
  const hadFocus = old?.contains(document.activeElement);
  old?.replaceWith(...items);
  if (hadFocus) $("text").focus();
}

function toEnd() {
  $("log").scrollTop = $("log").scrollHeight;
}

function make(tag, attributes, ...children) {
  const element = Object.assign(document.createElement(tag), attributes);
  element.append(...children);
  return element;
}

function made(message) {
  const item = make("li", {className: message.from_bot ? "" : "me"});
  item.dataset.number = message.message_id;
  const bubble = make("div", {className: "bubble"});
  bubble.append(make("span", {className: "unseen"}, message.from_bot ? `${bot.first_name}: ` : "You: "));
  bubble.append(...attached(message), make("div", {className: "words"}, words(message)));
  const date = new Date(message.date * 1000);
  const clock = date.toLocaleTimeString([], {hour: "2-digit", minute: "2-digit"});
  bubble.append(make("time", {dateTime: date.toISOString()}, message.edit_date ? `edited ${clock}` : clock));
  item.append(bubble);
  for (const row of message.reply_markup?.inline_keyboard ?? []) {
    item.append(make("div", {className: "row"}, ...row.map(button => pressable(button, message.message_id))));
  }
  return item;
}

function attached(message) {
  const address = file => `/_control/files/${file.file_id}?bot=${encodeURIComponent(bot.token)}`;
  if (message.photo) {
    const onload = () => { if (isAtEnd) toEnd(); };
    return [make("img", {src: address(message.photo.at(-1)), alt: message.caption ? "" : "Photo", onload})];
  }
  const kind = Object.keys(FILES).find(name => message[name]);
  if (!kind) return [];
  const file = message[kind];
  return [make("a", {className: "file", href: address(file), target: "_blank", rel: "noreferrer"}, file.file_name ?? FILES[kind])];
}

function words(message) {
  const {venue, location, contact} = message;
  if (venue) return `${venue.title}, ${venue.address}`;
  if (location) return `${location.latitude}, ${location.longitude}`;
  if (contact) return `${contact.first_name}, ${contact.phone_number}`;
  return styled(message.text ?? message.caption ?? "", message.entities ?? message.caption_entities ?? []);
}

function pressable(button, number) {
  if (button.url) return make("a", {href: safe(button.url), target: "_blank", rel: "noreferrer"}, button.text);
  const press = () => act("/callbacks", {message_id: number, data: button.callback_data}).catch(() => {});
  return make("button", {type: "button", disabled: button.callback_data === undefined, onclick: press}, button.text);
}

// Entities lie side by side or one within another; their places count UTF-16 units, as strings do here.
function styled(text, entities) {
  const rest = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  const within = (from, to) => {
    const parts = [];
    let at = from;
    while (rest.length && rest[0].offset < to) {
      const entity = rest.shift();
      const start = Math.max(at, entity.offset), end = Math.min(to, entity.offset + entity.length);
      const element = dressed(entity, text.slice(start, end));
      parts.push(text.slice(at, start), element);
      element.append(...within(start, end));
      const isBlock = ["PRE", "BLOCKQUOTE"].includes(element.tagName);
      at = isBlock && text[end] === "\n" ? Math.min(to, end + 1) : end;
    }
    return [...parts, text.slice(at, to)];
  };
  return make("span", {}, ...within(0, text.length));
}

function dressed(entity, text) {
  const scheme = /^[a-z]+:/i.test(text) ? "" : "https://";
  const address = {text_link: entity.url, url: scheme + text, email: `mailto:${text}`}[entity.type];
  if (address) return make("a", {href: safe(address), target: "_blank", rel: "noreferrer"});
  return make(TAGS[entity.type] ?? "span", {});
}

const safe = address => /^(https?|mailto|tg):/i.test(address) ? address : "#";

function setBlocked(isBlocked) {
  $("block").textContent = isBlocked ? "Unblock" : "Block";
}

$("form").addEventListener("submit", event => {
  event.preventDefault();
  const field = $("text"), text = field.value.trim();
  if (!text || !me) return;
  field.value = "";
  setBlocked(false); // whoever writes unblocks
  act("/messages", {text}).catch(() => { field.value = [text, field.value].filter(Boolean).join("\n"); });
});
$("text").addEventListener("keydown", event => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); $("form").requestSubmit(); }
});
$("file").addEventListener("change", () => {
  const file = $("file").files[0];
  if (!file || !me) return;
  const kind = file.type.startsWith("image/") ? "photo" : "document", reader = new FileReader();
  reader.onload = () => {
    setBlocked(false);
    act("/messages", {file: {kind, name: file.name, base64: reader.result.split(",")[1]}}).catch(() => {});
  };
  reader.readAsDataURL(file);
  $("file").value = "";
});
$("block").addEventListener("click", () => {
  if (!me) return;
  const isBlocked = $("block").textContent === "Unblock";
  const done = act(`/users/${me.id}/${isBlocked ? "unblock" : "block"}`, {});
  done.then(() => setBlocked(!isBlocked), () => {});
});
$("log").addEventListener("scroll", () => {
  const {scrollHeight, scrollTop, clientHeight} = $("log");
  isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR;
});
new ResizeObserver(() => { if (isAtEnd) toEnd(); }).observe($("log"));
live();
