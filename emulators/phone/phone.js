"use strict";

// What all platforms have in common; the rest is `platform`, in telegram.js or whatsapp.js.
const $ = id => document.getElementById(id);
const NEAR = 48;
const NAME = new URLSearchParams(location.search).get("name") || "Robin", KEPT = `me, ${NAME}`;

let me, isMet = false, met, revision = 0, typing = false, isAtEnd = true;
let acts = new Promise(done => { met = done; });

async function ask(path, options) {
  const got = await fetch("/_control" + path, options).catch(() => { throw new Error("No connection, trying again…"); });
  if (got.status === 404) throw new Error("The emulator does not know this any more");
  if (!got.ok) throw new Error(`The emulator answered ${got.status}`);
  return got.json();
}

const post = (path, body) => ask(path, {method: "POST", body: JSON.stringify(body)});

// One after another, so that what is done first also arrives first; and not before we know who is here.
function act(path, body) {
  const done = acts.then(() => post(path, {...platform.self(), ...body}));
  acts = done.catch(error => { $("state").textContent = error.message; });
  return done;
}

async function live() {
  for (;;) {
    try {
      if (!isMet) await meet();
      await hear();
    } catch (error) {
      isMet = false;
      $("state").textContent = error.message;
      await new Promise(done => setTimeout(done, 1000));
    }
  }
}

// Whom this browser has been before, unless the emulator has forgotten everybody.
async function meet() {
  const known = me ?? JSON.parse(localStorage.getItem(KEPT));
  me = await platform.meet(known);
  if (me !== known) {
    revision = 0;
    $("messages").replaceChildren();
  }
  localStorage.setItem(KEPT, JSON.stringify(me));
  $("state").textContent = platform.idle;
  isMet = true;
  met();
}

function introduce(name) {
  $("bot").textContent = name;
  $("face").textContent = [...name][0];
}

async function hear() {
  const query = new URLSearchParams({...platform.chat(), since: revision, wait: 20, typing});
  const heard = await ask(`/chats/${me.id}/messages?${query}`);
  ({revision, typing} = heard);
  $("state").textContent = typing ? "typing…" : platform.idle;
  for (const number of heard.deleted ?? []) replace(shown(number));
  for (const message of heard.messages) show(message);
  platform.heard?.(heard.messages);
}

const shown = number => $("messages").querySelector(`[data-number="${number}"]`);

function show(message) {
  if (platform.isHidden?.(message)) return;
  const item = made(message), old = shown(platform.id(message));
  if (old) replace(old, item);
  else $("messages").append(item);
  if (isAtEnd || platform.isMine(message)) toEnd();
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
  const isMine = platform.isMine(message);
  const item = make("li", {className: isMine ? "me" : ""});
  item.dataset.number = platform.id(message);
  const bubble = make("div", {className: "bubble"});
  bubble.append(make("span", {className: "unseen"}, isMine ? "You: " : `${platform.name()}: `));
  bubble.append(...platform.head(message), make("div", {className: "words"}, platform.words(message)), ...platform.foot(message));
  const date = new Date(platform.date(message) * 1000);
  const clock = date.toLocaleTimeString([], {hour: "2-digit", minute: "2-digit"});
  const when = make("time", {dateTime: date.toISOString()}, platform.isEdited(message) ? `edited ${clock}` : clock);
  when.append(...platform.ticks(message));
  bubble.append(when);
  item.append(bubble, ...platform.below(message));
  return item;
}

function picture(address, name) {
  const onload = () => { if (isAtEnd) toEnd(); };
  return make("img", {src: address, alt: name, onload});
}

function outward(address, text = "", className = "") {
  return make("a", {href: address, className, target: "_blank", rel: "noreferrer"}, text);
}

const safe = address => /^(https?|mailto|tel|tg):/i.test(address) ? address : "#";

function setBlocked(isBlocked) {
  $("block").textContent = isBlocked ? "Unblock" : "Block";
}

$("form").addEventListener("submit", event => {
  event.preventDefault();
  const field = $("text"), text = field.value.trim();
  if (!text) return;
  field.value = "";
  setBlocked(false); // whoever writes unblocks
  act("/messages", {text}).catch(() => { field.value = [text, field.value].filter(Boolean).join("\n"); });
});
$("text").addEventListener("keydown", event => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); $("form").requestSubmit(); }
});
$("file").addEventListener("change", () => {
  const file = $("file").files[0];
  if (!file) return;
  const reader = new FileReader();
  reader.onload = () => {
    setBlocked(false);
    act("/messages", {file: {kind: platform.fileKind(file), name: file.name, base64: reader.result.split(",")[1]}}).catch(() => {});
  };
  reader.readAsDataURL(file);
  $("file").value = "";
});
$("block").addEventListener("click", () => {
  if (!me) return;
  const isBlocked = $("block").textContent === "Unblock";
  const done = act(`/${platform.people}/${me.id}/${isBlocked ? "unblock" : "block"}`, {});
  done.then(() => setBlocked(!isBlocked), () => {});
});
$("log").addEventListener("scroll", () => {
  const {scrollHeight, scrollTop, clientHeight} = $("log");
  isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR;
});
new ResizeObserver(() => { if (isAtEnd) toEnd(); }).observe($("log"));
live();
