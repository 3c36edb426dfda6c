"""Real mail servers for tests: Debian's Dovecot (IMAP) and Exim (SMTP) with configurations of their own,
on free ports, in a temporary folder, ended by pid. Exim puts what it takes into Dovecot's Maildirs.

Whoever is `added` has a mailbox at `DOMAIN`, all with the same password; `name+anything` is theirs too.
To whose name begins with `deaf` nobody says that a machine writes.
"""

import base64
import contextlib
import datetime as dt
import grp
import imaplib
import ipaddress
import os
import pwd
import re
import secrets
import shutil
import signal
import smtplib
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from channels.email.login import xoauth2
from tests.servers import NoServerError, free_port, wait_for_port

DOMAIN = "example.test"
PASSWORD = "a-mailbox-password"
SIZE_LIMIT = 4_000_000
END_SECONDS = 40.0

DOVECOT = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
first_valid_gid = 1
ssl = yes
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.key
ssl_dh =
disable_plaintext_auth = no
auth_failure_delay = 0
auth_mechanisms = plain login xoauth2
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/home/%n allow_all_users=yes
}}
mail_location = maildir:~/Maildir
mail_max_userip_connections = 50
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service stats {{
  chroot =
}}
"""

OAUTH2 = """
tokeninfo_url = http://127.0.0.1:{token_port}/tokeninfo?access_token=
introspection_mode = auth
username_attribute = email
"""

EXIM = """
exim_user = {user}
exim_group = {group}
never_users =
deliver_drop_privilege = true
primary_hostname = mail.{domain}
spool_directory = {folder}/spool
log_file_path = {folder}/exim-%slog
pid_file_path = {folder}/exim.pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = {smtp} : {smtps}
tls_on_connect_ports = {smtps}
tls_certificate = {folder}/server.pem
tls_privatekey = {folder}/server.key
tls_advertise_hosts = *
auth_advertise_hosts = *
smtputf8_advertise_hosts = *
message_size_limit = {size}
host_lookup =
rfc1413_query_timeout = 0s
queue_run_max = 0
keep_environment =
bounce_return_message = true
acl_smtp_mail = acl_mail
acl_smtp_rcpt = acl_rcpt
acl_smtp_data = acl_data

begin acl
acl_mail:
  deny    !authenticated = *
          message   = 530 5.7.0 Authentication required
  deny    condition = ${{if !eqi{{${{local_part:$sender_address}}}}{{$authenticated_id}}}}
          message   = 553 5.7.1 Sender address rejected: not owned by user
  accept

acl_rcpt:
  defer   local_parts = grey
          message   = 450 4.2.0 Greylisted, try again later
  defer   local_parts = full
          message   = 452 4.2.2 Mailbox full
  accept  local_parts = gone
          domains = {domain}
  deny    !domains  = {domain}
          message   = 550 5.7.1 Relaying denied
  deny    !verify   = recipient
          message   = 550 5.1.1 <$local_part@$domain>: Recipient address rejected: User unknown
  accept

acl_data:
  defer   condition = ${{if match{{$h_subject:}}{{later}}}}
          message   = 451 4.3.0 Try again later
  deny    condition = ${{if match{{$h_subject:}}{{spam}}}}
          message   = 554 5.7.1 This looks like spam
  accept

begin routers
gone:
  driver = redirect
  local_parts = gone
  allow_fail
  data = :fail: 5.1.1 this mailbox was closed
mailboxes:
  driver = accept
  domains = {domain}
  local_part_suffix = +*
  local_part_suffix_optional
  address_data = ${{lookup{{$local_part}}lsearch{{{folder}/people}}{{$value}}fail}}
  transport = maildir

begin transports
maildir:
  driver = appendfile
  maildir_format
  directory = {folder}/home/$address_data/Maildir
  create_directory
  delivery_date_add
  envelope_to_add
  return_path_add
  headers_remove = ${{if match{{$local_part}}{{^deaf}}{{Auto-Submitted}}}} : ${{if match{{$local_part}}{{^deaf}}{{X-Auto-Response-Suppress}}}} : ${{if match{{$local_part}}{{^deaf}}{{X-Baton-Mailbox}}}}
  user = {user}
  group = {group}

begin authenticators
xoauth2:
  driver = plaintext
  public_name = XOAUTH2
  server_prompts = :
  server_condition = ${{lookup{{${{base64:$auth1}}}}lsearch{{{folder}/tokens}}{{yes}}{{no}}}}
  server_set_id = ${{lookup{{${{base64:$auth1}}}}lsearch{{{folder}/tokens}}}}
  server_advertise_condition = *
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and{{{{eq{{$auth3}}{{{password}}}}}{{match_domain{{${{domain:$auth2}}}}{{{domain}}}}}}}}}
  server_set_id = ${{local_part:$auth2}}
  server_advertise_condition = *
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${{if eq{{$auth2}}{{{password}}}}}
  server_set_id = ${{local_part:$auth1}}
  server_advertise_condition = *
"""


@dataclass(kw_only=True)
class MailServers:
    """Both servers, which can be ended and begun again on the same ports with the mail they hold."""

    folder: Path
    user: str
    group: str
    imap: int = field(default_factory=free_port)
    """In the clear, with STARTTLS for who wants it."""
    imaps: int = field(default_factory=free_port)
    smtp: int = field(default_factory=free_port)
    smtps: int = field(default_factory=free_port)
    token_port: int = field(default_factory=free_port)
    """Where Dovecot asks whose a token is; see `tests/tokens.py`."""
    _many: int = 0
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def write_down(self) -> None:
        """Configurations, a certificate, and who has a mailbox."""
        facts = {**vars(self), "domain": DOMAIN, "password": PASSWORD, "size": SIZE_LIMIT}
        (self.folder / "dovecot.conf").write_text(DOVECOT.format_map(facts))
        (self.folder / "exim.conf").write_text(EXIM.format_map(facts))
        (self.folder / "oauth2.conf").write_text(OAUTH2.format_map(facts))
        for name in ("people", "tokens"):
            (self.folder / name).touch()
        for name in ("home", "spool", "run", "state"):
            (self.folder / name).mkdir()
        _certificate(self.folder)
        if os.geteuid() == 0:
            for path in (self.folder, *self.folder.iterdir()):
                shutil.chown(path, self.user, self.group)
            # Exim believes no configuration that its own user could change.
            shutil.chown(self.folder / "exim.conf", "root", "root")

    def added(self, name: str) -> str:
        """A new mailbox; its name, such as `ann7`."""
        self._many += 1
        added = f"{name}{self._many}"
        with (self.folder / "people").open("a") as people:
            people.write(f"{added}: {added}\n")
        return added

    def let_in(self, name: str, token: str) -> None:
        """With this token, and no other, to SMTP."""
        said = xoauth2(f"{name}@{DOMAIN}", token).encode()
        (self.folder / "tokens").write_text(f"{base64.b64encode(said).decode()}: {name}\n")

    def start_imap(self) -> None:
        self._start("dovecot", [_program("dovecot"), "-F", "-c", f"{self.folder}/dovecot.conf"])
        wait_for_port(self.imap, self._running["dovecot"])
        self._until_it_greets()

    def _until_it_greets(self) -> None:
        """It takes connections a moment before it can do anything with them."""
        deadline = time.monotonic() + END_SECONDS
        while True:
            try:
                imaplib.IMAP4("127.0.0.1", self.imap, timeout=END_SECONDS).logout()
            except (OSError, imaplib.IMAP4.error):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return

    def start_smtp(self) -> None:
        self._start("exim", [_program("exim4"), "-C", f"{self.folder}/exim.conf", "-bdf"])
        wait_for_port(self.smtp, self._running["exim"])

    def stop_imap(self) -> None:
        """Every connection is broken off; the mail stays."""
        self._end("dovecot")

    def stop_smtp(self) -> None:
        self._end("exim")

    def stop(self) -> None:
        self.stop_imap()
        self.stop_smtp()

    def _start(self, name: str, command: list[str]) -> None:
        with (self.folder / f"{name}.out").open("ab") as out:
            self._running[name] = subprocess.Popen(
                command, stdout=out, stderr=out, start_new_session=True
            )

    def _end(self, name: str) -> None:
        """With all its children."""
        process = self._running.pop(name, None)
        if process is None:
            return
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(END_SECONDS)

    def maildir(self, name: str) -> Path:
        return self.folder / "home" / name / "Maildir"

    def renumber(self, name: str) -> None:
        """As after a restore: every mail has another UID. Only while IMAP is stopped."""
        for path in self.maildir(name).glob("dovecot.*"):
            path.unlink()
        uids = self.maildir(name) / "dovecot-uidlist"
        kept = uids.read_text().splitlines()
        validity = int(re.search(r" V(\d+)", kept[0])[1])  # type: ignore[index]
        many = len(kept)
        lines = [f"3 V{validity + 1} N{100 + many} G{secrets.token_hex(16)}"]
        for number, line in enumerate(kept[1:]):
            lines.append(f"{100 + number} {line.partition(' ')[2]}")
        uids.write_text("\n".join(lines) + "\n")

    def mail(self, name: str) -> list[bytes]:
        """What lies in somebody's inbox, the oldest first."""
        found = [path for part in ("cur", "new") for path in self.maildir(name).glob(f"{part}/*")]
        return [path.read_bytes() for path in sorted(found, key=_delivered)]

    def rest(self) -> None:
        """Until everything that was taken has been delivered."""
        deadline = time.monotonic() + END_SECONDS
        while any(path.is_file() for path in (self.folder / "spool/input").rglob("*")):
            assert time.monotonic() < deadline, "Exim keeps mail."
            time.sleep(0.01)

    def deliver(self, name: str, mail: bytes, flags: str = "") -> None:
        """As any server outside would, without its ways: it lies in the inbox at once."""
        with self.login(name) as box:
            box.append("INBOX", flags, None, mail)

    @contextlib.contextmanager
    def login(self, name: str) -> Iterator[imaplib.IMAP4]:
        """A colleague who looks into the mailbox."""
        with imaplib.IMAP4("127.0.0.1", self.imap, timeout=10) as box:
            box.login(f"{name}@{DOMAIN}", PASSWORD)
            yield box

    def send(self, sender: str, to: str, mail: bytes) -> None:
        """As a person's mail program does."""
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=10) as server:
            server.login(f"{sender}@{DOMAIN}", PASSWORD)
            server.sendmail(f"{sender}@{DOMAIN}", [to], mail)


def _delivered(mail: Path) -> tuple[int, ...]:
    """Second and microsecond, which begin the name of a mail's file and are not padded."""
    return tuple(int(number) for number in re.findall(r"\d+", mail.name)[:2])


def _program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        raise NoServerError(f"There is no {name}: run `make mailservers`.")
    return found


def _who() -> tuple[str, str]:
    """Mail belongs to no root."""
    user = pwd.getpwnam("mail") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    return user.pw_name, grp.getgrgid(user.pw_gid).gr_name


def _certificate(folder: Path) -> None:
    """For this machine, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "server.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "server.key").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


@contextlib.contextmanager
def running() -> Iterator[MailServers]:
    with tempfile.TemporaryDirectory(prefix="baton-mail-", ignore_cleanup_errors=True) as name:
        user, group = _who()
        servers = MailServers(folder=Path(name), user=user, group=group)
        servers.write_down()
        try:
            servers.start_imap()
            servers.start_smtp()
            yield servers
        finally:
            servers.stop()
