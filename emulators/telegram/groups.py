"""What people do to a bot in groups: put it there, make it an administrator, upgrade, throw it out."""

from .acts import in_topic, membership, tell
from .chats import Chat, Json, User
from .state import Bot, Telegram


class Groups:
    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram

    def create(self, bot: Bot, by: User, title: str, kind: str = "group") -> Chat:
        """A group with one bot in it, which is told so."""
        chat = self._telegram.add_group(bot, title, kind)
        chat.members[bot.user.id] = "left"
        self.add(bot, by, chat)
        return chat

    def add(self, bot: Bot, by: User, chat: Chat) -> Json:
        bot.chats[chat.id] = chat
        told = self.status(bot, by, chat, "member")
        self._serve(bot, by, chat, new_chat_members=[bot.user.json()])
        return told

    def status(self, bot: Bot, by: User, chat: Chat, new: str) -> Json:
        """TG13: member, administrator, left or kicked; the bot is told of its own status."""
        bot.chats[chat.id] = chat
        old = chat.members.get(bot.user.id, "left")
        chat.members[bot.user.id] = new
        change = membership(self._telegram, bot, chat, by, (old, new))
        queue = f"member {chat.id}"
        return {"update_id": self._telegram.emit(bot, "my_chat_member", change, queue)}

    def join(self, bot: Bot, user: User, chat: Chat) -> Json:
        """A person comes in, whom each bot there knows from now on (TG9)."""
        for one in self._telegram.bots_in(chat):
            self._telegram.private_chat(one, user)
        return self._serve(bot, user, chat, new_chat_members=[user.json()])

    def open_topic(self, bot: Bot, by: User, chat: Chat, name: str = "Topic") -> int:
        """TG29: a topic of a forum; its number is that of the message that tells of it."""
        created = {"name": name, "icon_color": 7322096}
        message = self._telegram.message(chat, by, forum_topic_created=created)
        topic = int(message["message_id"])
        chat.topics.add(topic)
        message |= {"chat": chat.json(), **in_topic(chat, topic)}
        del message["reply_to_message"]
        tell(self._telegram, bot, chat, "message", message)
        return topic

    def upgrade(self, bot: Bot, by: User, chat: Chat) -> Chat:
        """TG14: a group becomes a supergroup, with the same bots, and tells so twice."""
        new = self._telegram.add_group(bot, chat.title, "supergroup")
        new.members = dict(chat.members)
        for one in self._telegram.bots_in(chat):
            one.chats[new.id] = new
        self._serve(bot, by, chat, migrate_to_chat_id=new.id)
        self._serve(bot, by, new, migrate_from_chat_id=chat.id)
        chat.moved_to = new.id
        return new

    def _serve(self, bot: Bot, by: User, chat: Chat, **content: object) -> Json:
        message = self._telegram.message(chat, by, **content)
        update_id = tell(self._telegram, bot, chat, "message", message)
        return {"update_id": update_id, "message_id": message["message_id"]}
