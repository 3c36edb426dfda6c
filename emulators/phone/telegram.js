"use strict";

const TAGS = {bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote"};
const FILES = {document: "File", voice: "Voice message", audio: "Audio", video: "Video", animation: "Animation",
  video_note: "Video message", sticker: "Sticker"};

let bot;

const platform = {
  idle: "bot",
  people: "users",
  name: () => bot.first_name,
  self: () => ({bot: bot.token, user: me.id}),
  chat: () => ({bot: bot.token}),
  id: message => message.message_id,
  isMine: message => !message.from_bot,
  date: message => message.date,
  isEdited: message => message.edit_date,
  fileKind: file => file.type.startsWith("image/") ? "photo" : "document",
  head: attached,
  words,
  foot: () => [],
  ticks: () => [],

  async meet(known) {
    [bot] = await ask("/bots");
    if (!bot) throw new Error("No bot is there yet…");
    introduce(bot.first_name);
    if ((await ask("/users")).some(one => one.id === known?.id)) return known;
    const user = await post("/users", {number: known?.id, first_name: NAME, username: NAME.toLowerCase().replace(/\W+/g, "_"), language_code: navigator.language.slice(0, 2)});
    await post(`/users/${user.id}/start`, {bot: bot.token});
    return user;
  },

  below(message) {
    const rows = message.reply_markup?.inline_keyboard ?? [];
    return rows.map(row => make("div", {className: "row"}, ...row.map(button => pressable(button, message.message_id))));
  },
};

function attached(message) {
  const address = file => `/_control/files/${file.file_id}?bot=${encodeURIComponent(bot.token)}`;
  if (message.photo) return [picture(address(message.photo.at(-1)), message.caption ? "" : "Photo")];
  const kind = Object.keys(FILES).find(name => message[name]);
  if (!kind) return [];
  const file = message[kind];
  return [outward(address(file), file.file_name ?? FILES[kind], "file")];
}

function words(message) {
  const {venue, location, contact} = message;
  if (venue) return `${venue.title}, ${venue.address}`;
  if (location) return `${location.latitude}, ${location.longitude}`;
  if (contact) return `${contact.first_name}, ${contact.phone_number}`;
  return styled(message.text ?? message.caption ?? "", message.entities ?? message.caption_entities ?? []);
}

function pressable(button, number) {
  if (button.url) return outward(safe(button.url), button.text);
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
  if (address) return outward(safe(address));
  return make(TAGS[entity.type] ?? "span", {});
}
