/** What the runtime says: its sentences, and for those that are not among them what their codes mean. A test holds
 * that no code is missing, and that no sentence is here that is not said any more.
 */
export default {
  internal_error: 'Das ist unser Fehler. Er wurde protokolliert.',
  misconfigured: 'Eine Einstellung stimmt nicht: {{sentence}}',
  unavailable: 'Baton kann das gerade nicht speichern. Versuchen Sie es gleich noch einmal.',
  not_found: 'Das gibt es nicht, oder nicht mehr.',
  conflict: 'Das geht nicht mehr, denn inzwischen hat sich etwas geändert.',
  not_logged_in: 'Melden Sie sich zuerst an.',
  forbidden: 'Das darf Ihre Rolle nicht. Bitten Sie jemanden aus der Administration.',
  precondition_required: 'Es fehlt die Angabe, von welchem Stand Sie ausgehen.',
  invalid: 'So geht es nicht: {{sentence}}',
  too_many: 'Das waren zu viele Versuche. Warten Sie ein wenig.',
  not_genuine: 'Das kommt nicht von der Plattform.',
  malformed: 'Das kann nicht gelesen werden: {{sentence}}',
  too_large: 'Das ist zu groß: {{sentence}}',
  csrf: 'Ihre Anmeldung ist nicht mehr gültig. Laden Sie die Seite neu.',
  foreign_origin: 'Diese Seite darf hier nicht mithören.',
  wrong_credentials: 'E-Mail oder Passwort ist falsch.',
  wrong_password: 'Das jetzige Passwort ist falsch.',
  email_taken: 'Jemand hier hat diese E-Mail-Adresse schon.',
  last_admin: 'Sonst gibt es niemanden mit aktiver Administrationsrolle.',
  operator_unavailable: 'Diese Person kann keine Gespräche haben.',
  not_in_control: 'Jemand anderes hat dieses Gespräch.',
  control_moved: 'Das Gespräch hat inzwischen jemand anderes.',
  session_finished: 'Dieses Gespräch ist beendet.',
  already_handled: 'Das Gespräch ist schon bei Menschen.',
  not_possible: 'Das geht bei diesem Gespräch gerade nicht.',
  channel_not_running: 'Der Kanal läuft nicht.',
  no_running_agents: 'Kein Agent läuft',
  agent_required: 'Mehrere Agenten können dort antworten; wählen Sie einen.',
  agent_broken: 'Dieser Agent kann nicht laufen: {{sentence}}',
  customer_unreachable: 'Der Kunde ist dort nicht erreichbar.',
  refused_by_platform: 'Die Plattform lehnt die Nachricht ab: {{sentence}}',
  window_closed:
    'Der Kunde hat vor zu langer Zeit geschrieben: Bis er wieder schreibt, geht nur eine genehmigte Vorlage.',
  template_required: 'Die erste Nachricht auf diesem Kanal muss eine genehmigte Vorlage sein.',
  template_not_taken: 'Dieser Kanal hat keine Vorlagen.',
  template_not_approved: 'Die Vorlage ist nicht genehmigt.',
  template_too_soon:
    'Sie haben vor weniger als 24 Stunden eine WhatsApp-Vorlage gesendet. Bitte warten Sie, bevor Sie die nächste senden.',
  sync_failed: 'Die Vorlagen konnten nicht geholt werden: {{sentence}}',
  changed_meanwhile: 'Jemand anderes hat das inzwischen geändert.',
  document_shipped:
    'Es wurde mit dem Agenten ausgeliefert. Schreiben Sie eines mit demselben Namen, um es zu ersetzen.',
  name_taken: 'Diesen Namen gibt es schon.',
  identity_taken: 'Jemand anderes hat diese Adresse schon.',
  account_connected: 'Dieses Konto ist schon verbunden.',
  channel_has_history: 'Auf diesem Kanal gibt es Gespräche. Halten Sie ihn stattdessen an.',

  // Conversations
  'There is no such conversation.': 'Dieses Gespräch gibt es nicht.',
  'This conversation is finished.': 'Dieses Gespräch ist beendet.',
  'Take the conversation over first.': 'Übernehmen Sie das Gespräch zuerst.',
  'The channel does not run, so nothing can be delivered.':
    'Der Kanal läuft nicht, deshalb kann nichts zugestellt werden.',
  '{{name}} has this conversation.': '{{name}} hat dieses Gespräch.',
  'A colleague has this conversation.': 'Jemand aus dem Team hat dieses Gespräch.',
  'Another operator has this conversation.': 'Jemand anderes hat dieses Gespräch.',
  'The AI answers. Take the conversation over to write.':
    'Die KI antwortet. Übernehmen Sie das Gespräch, um zu schreiben.',
  'Nobody has this conversation yet. Take it over to write.':
    'Noch hat niemand dieses Gespräch. Übernehmen Sie es, um zu schreiben.',
  'Somebody answers outside of Baton. Take the conversation over to write.':
    'Jemand antwortet außerhalb von Baton. Übernehmen Sie das Gespräch, um zu schreiben.',
  'Your role may read, not write.': 'Ihre Rolle darf lesen, nicht schreiben.',
  'Session is already finished': 'Das Gespräch ist schon beendet',
  'Session is already handled by an operator': 'Das Gespräch ist schon bei Menschen',
  'You do not have permission to hand over sessions': 'Ihre Rolle darf keine Gespräche übergeben',
  'Control has changed in the meantime.': 'Inzwischen hat jemand anderes das Gespräch.',
  'This colleague cannot have conversations.': 'Diese Person kann keine Gespräche haben.',
  'There is no such suggestion in this conversation.': 'Diesen Vorschlag gibt es in diesem Gespräch nicht.',
  'There is no such suggestion.': 'Diesen Vorschlag gibt es nicht.',
  'There is no more to it than its text.': 'Es gibt davon nicht mehr als den Text.',
  'The agent has answered this sender many times within an hour; it may be talking to a machine.':
    'Der Agent hat dieser Adresse innerhalb einer Stunde oft geantwortet; vielleicht spricht er mit einer Maschine.',
  'No running agents': 'Kein Agent läuft',
  'The agent crashed each time it was asked': 'Der Agent ist jedes Mal abgestürzt, wenn er gefragt wurde',
  'The agent answered nothing': 'Der Agent hat nichts geantwortet',
  'The agent suggested nothing': 'Der Agent hat nichts vorgeschlagen',
  'The agent gave no reason': 'Der Agent hat keinen Grund genannt',
  'The customer asked for a person': 'Der Kunde hat nach einem Menschen gefragt',
  'There is no knowledge to answer from': 'Es gibt kein Wissen, aus dem geantwortet werden könnte',
  'The knowledge has no answer to this question': 'Das Wissen hat keine Antwort auf diese Frage',
  'A reply did not reach the customer: {{why}}': 'Eine Antwort hat den Kunden nicht erreicht: {{why}}',
  'A reply may not have reached the customer: {{why}}':
    'Eine Antwort hat den Kunden vielleicht nicht erreicht: {{why}}',

  // Writing first
  'The channel is not running.': 'Der Kanal läuft nicht.',
  'A bot cannot write first, and the customer has never written to this channel.':
    'Ein Bot kann nicht zuerst schreiben, und der Kunde hat noch nie auf diesem Kanal geschrieben.',
  'The customer has no known address that this channel can write to.':
    'Von dem Kunden ist keine Adresse bekannt, an die dieser Kanal schreiben kann.',
  'The customer cannot be reached there.': 'Der Kunde ist dort nicht erreichbar.',
  'Several agents can answer there; choose one.': 'Mehrere Agenten können dort antworten; wählen Sie einen.',
  'This agent does not run on this channel.': 'Dieser Agent läuft auf diesem Kanal nicht.',
  'There is no such template in this language.': 'Diese Vorlage gibt es in dieser Sprache nicht.',
  'The template is not approved: it is {{status}}.': 'Die Vorlage ist nicht genehmigt, sondern {{status}}.',
  'The template has no such variable.': 'Die Vorlage hat keine solche Variable.',
  'A value is missing.': 'Ein Wert fehlt.',
  'No spaces.': 'Keine Leerzeichen.',
  'No line breaks, no tabs, no more than four spaces in a row.':
    'Keine Zeilenumbrüche, keine Tabulatoren, nicht mehr als vier Leerzeichen hintereinander.',
  'A public address that begins with https://, or the id of an uploaded file.':
    'Eine öffentliche Adresse, die mit https:// beginnt, oder die ID einer hochgeladenen Datei.',
  'At most {{limit}} characters, not {{size}}.': 'Höchstens {{limit}} Zeichen, nicht {{size}}.',
  'The {{part}} has {{size}} characters with these values, of {{limit}}.':
    'Mit diesen Werten sind es {{size}} Zeichen von {{limit}} ({{part}}).',

  // What became of a message
  'The platform did not answer in time.': 'Die Plattform hat nicht rechtzeitig geantwortet.',
  'The attached file is gone.': 'Die angehängte Datei ist nicht mehr da.',
  'The attached file cannot be had now.': 'Die angehängte Datei ist gerade nicht zu bekommen.',
  'Baton stopped while this was being sent.': 'Baton wurde beendet, während das gesendet wurde.',
  'The channel was stopped.': 'Der Kanal wurde angehalten.',
  'Sending broke ({{name}}).': 'Das Senden ist abgebrochen ({{name}}).',
  'The customer blocked the bot.': 'Der Kunde hat den Bot blockiert.',
  "The customer's account is deleted.": 'Das Konto des Kunden ist gelöscht.',
  'The customer has never pressed Start.': 'Der Kunde hat nie auf „Start“ gedrückt.',
  'The customer has never written to this bot.': 'Der Kunde hat diesem Bot noch nie geschrieben.',
  'This is another bot.': 'Das ist ein anderer Bot.',
  'The bot was removed from the group.': 'Der Bot wurde aus der Gruppe entfernt.',
  'The bot is not in the group.': 'Der Bot ist nicht in der Gruppe.',
  'The group is deleted.': 'Die Gruppe ist gelöscht.',
  'The bot may not write in this group.': 'Der Bot darf in dieser Gruppe nicht schreiben.',
  'The business account is no longer connected to the bot.': 'Das Geschäftskonto ist nicht mehr mit dem Bot verbunden.',
  'The customer has not written to the business account for 24 hours.':
    'Der Kunde hat dem Geschäftskonto seit 24 Stunden nicht geschrieben.',
  'The group became a supergroup.': 'Die Gruppe wurde eine Supergruppe.',
  'The connection to Telegram broke before its answer.': 'Die Verbindung zu Telegram brach vor der Antwort ab.',
  'Telegram cannot be reached.': 'Telegram ist nicht erreichbar.',
  'Telegram does not know this bot.': 'Telegram kennt diesen Bot nicht.',
  'Telegram has no such message.': 'Eine solche Nachricht gibt es bei Telegram nicht.',
  "Telegram's answer could not be understood.": 'Die Antwort von Telegram war nicht zu verstehen.',
  'Telegram asks to wait {{seconds}} s.': 'Telegram bittet darum, {{seconds}} s zu warten.',
  'Telegram hands out files of at most 20 MB.': 'Telegram gibt Dateien bis höchstens 20 MB heraus.',
  "The bot's token is revoked or wrong.": 'Das Token des Bots ist falsch oder wurde widerrufen.',
  'The file is too large.': 'Die Datei ist zu groß.',
  "Another program receives this bot's messages. Stop it, or give it a bot of its own.":
    'Ein anderes Programm empfängt die Nachrichten dieses Bots. Beenden Sie es, oder geben Sie ihm einen eigenen Bot.',
  'The mail came back.': 'Die E-Mail kam zurück.',
  'The mail came back: {{why}}': 'Die E-Mail kam zurück: {{why}}',
  'Mail to this address comes back: there is no such mailbox.':
    'E-Mails an diese Adresse kommen zurück: Das Postfach gibt es nicht.',
  'There is no such mailbox.': 'Dieses Postfach gibt es nicht.',
  'There is no such domain.': 'Diese Domain gibt es nicht.',
  'This is no address that mail can be sent to.': 'An diese Adresse kann keine E-Mail gesendet werden.',
  "The customer's mailbox is full.": 'Das Postfach des Kunden ist voll.',
  'The mail is too large for the mail server.': 'Die E-Mail ist zu groß für den Mailserver.',
  'The mail is too large: with its files it may have at most 18 MB.':
    'Die E-Mail ist zu groß: Mit ihren Dateien darf sie höchstens 18 MB haben.',
  'The mail server refuses this mail by its policy.': 'Der Mailserver lehnt diese E-Mail nach seinen Regeln ab.',
  'The mail server refuses this mail.': 'Der Mailserver lehnt diese E-Mail ab.',
  'The connection broke after the mail was sent, and before it was accepted.':
    'Die Verbindung brach ab, nachdem die E-Mail gesendet und bevor sie angenommen wurde.',
  'Sending mail (SMTP): {{host}} does not take it now.': 'Mails senden (SMTP): {{host}} nimmt sie gerade nicht an.',
  'It says: {{words}}.': 'Dort heißt es: {{words}}.',
  'WhatsApp cannot take messages now.': 'WhatsApp kann gerade keine Nachrichten annehmen.',
  'WhatsApp refuses a part of this message.': 'WhatsApp lehnt einen Teil dieser Nachricht ab.',
  'The values do not fit the template.': 'Die Werte passen nicht zur Vorlage.',
  'The access token is wrong, or no longer valid.': 'Das Zugriffstoken ist falsch oder nicht mehr gültig.',
  'The access token lacks a permission that WhatsApp needs.':
    'Dem Zugriffstoken fehlt ein Recht, das WhatsApp verlangt.',
  'The phone number is not registered for the Cloud API.': 'Die Nummer ist nicht für die Cloud API registriert.',
  'The app makes too many requests.': 'Die App stellt zu viele Anfragen.',
  'WhatsApp does not know what this message is about.': 'WhatsApp weiß nicht, worum es in dieser Nachricht geht.',
  'WhatsApp has blocked this account for violating its policies.':
    'WhatsApp hat dieses Konto gesperrt, weil es gegen die Richtlinien verstößt.',
  'This version of the Graph API is no longer served.': 'Diese Version der Graph API gibt es nicht mehr.',
  'The WhatsApp Business account makes too many requests.': 'Das WhatsApp-Business-Konto stellt zu viele Anfragen.',
  'This number sends too many messages.': 'Diese Nummer sendet zu viele Nachrichten.',
  'This customer is part of a WhatsApp experiment and gets no such messages.':
    'Der Kunde gehört zu einem Versuch von WhatsApp und bekommt solche Nachrichten nicht.',
  "WhatsApp does not let this business write to the customer's country.":
    'WhatsApp lässt dieses Unternehmen nicht in das Land des Kunden schreiben.',
  'Something went wrong at WhatsApp.': 'Bei WhatsApp ist etwas schiefgegangen.',
  'A part of this message is missing.': 'Ein Teil dieser Nachricht fehlt.',
  'A number cannot write to itself.': 'Eine Nummer kann nicht an sich selbst schreiben.',
  'The message cannot be delivered: the customer may not be on WhatsApp.':
    'Die Nachricht kann nicht zugestellt werden: Vielleicht hat der Kunde kein WhatsApp.',
  'A test number may only write to the recipients on its list.':
    'Eine Testnummer darf nur an die Empfänger auf ihrer Liste schreiben.',
  'WhatsApp has locked this account.': 'WhatsApp hat dieses Konto gesperrt.',
  'The display name of this number is not approved.': 'Der Anzeigename dieser Nummer ist nicht genehmigt.',
  'WhatsApp cannot bill this account: its payment method must be corrected.':
    'WhatsApp kann diesem Konto nichts berechnen: Seine Zahlungsart muss berichtigt werden.',
  'The customer has not written for 24 hours: only a template can be sent.':
    'Der Kunde hat seit 24 Stunden nicht geschrieben: Nur eine Vorlage kann gesendet werden.',
  'WhatsApp restricts this number because customers report its messages.':
    'WhatsApp schränkt diese Nummer ein, weil Kunden ihre Nachrichten melden.',
  'WhatsApp limits marketing messages to this customer for now; wait a day.':
    'WhatsApp begrenzt vorerst die Werbung an diesen Kunden; warten Sie einen Tag.',
  'The customer does not want marketing messages from this business.':
    'Der Kunde will keine Werbung von diesem Unternehmen.',
  'WhatsApp does not support messages of this kind.': 'Nachrichten dieser Art gibt es bei WhatsApp nicht.',
  'WhatsApp could not fetch the file.': 'WhatsApp konnte die Datei nicht holen.',
  'WhatsApp does not take this file.': 'WhatsApp nimmt diese Datei nicht an.',
  'Too many messages to this customer at once.': 'Zu viele Nachrichten auf einmal an diesen Kunden.',
  'This account is being maintained.': 'Dieses Konto wird gerade gewartet.',
  "This message needs the customer's phone number.": 'Für diese Nachricht braucht es die Telefonnummer des Kunden.',
  'Marketing templates are switched off for this number.': 'Werbevorlagen sind für diese Nummer abgeschaltet.',
  'The account has written to as many new people as WhatsApp allows in a day.':
    'Das Konto hat an so viele neue Menschen geschrieben, wie WhatsApp an einem Tag erlaubt.',
  'The template has another number of variables.': 'Die Vorlage hat eine andere Zahl von Variablen.',
  'The template does not exist in this language, or is not approved.':
    'Die Vorlage gibt es in dieser Sprache nicht, oder sie ist nicht genehmigt.',
  'With these values the template is too long.': 'Mit diesen Werten ist die Vorlage zu lang.',
  "The values violate WhatsApp's policies.": 'Die Werte verstoßen gegen die Richtlinien von WhatsApp.',
  'WhatsApp has paused the template because customers dislike it.':
    'WhatsApp hat die Vorlage angehalten, weil sie bei Kunden nicht ankommt.',
  'WhatsApp has disabled the template because customers dislike it.':
    'WhatsApp hat die Vorlage gesperrt, weil sie bei Kunden nicht ankommt.',
  'The form in this template is blocked.': 'Das Formular in dieser Vorlage ist gesperrt.',
  'The form in this template is throttled.': 'Das Formular in dieser Vorlage ist gedrosselt.',
  "WhatsApp's answer could not be understood.": 'Die Antwort von WhatsApp war nicht zu verstehen.',
  'The number or account does not exist, or the access token may not use it.':
    'Die Nummer oder das Konto gibt es nicht, oder das Zugriffstoken darf sie nicht benutzen.',
  'WhatsApp refuses this, and does not say why.': 'WhatsApp lehnt das ab und sagt nicht, warum.',
  'The connection to WhatsApp broke before its answer.': 'Die Verbindung zu WhatsApp brach vor der Antwort ab.',
  'WhatsApp cannot be reached.': 'WhatsApp ist nicht erreichbar.',
  'WhatsApp no longer has this file.': 'WhatsApp hat diese Datei nicht mehr.',
  'WhatsApp takes no files of the kind {{kind}}.': 'WhatsApp nimmt keine Dateien der Art {{kind}} an.',
  'For WhatsApp such a file may have {{size}} KiB.':
    'Bei WhatsApp darf eine solche Datei höchstens {{size}} KiB haben.',

  // Channels
  Email: 'E-Mail',
  Phone: 'Telefon',
  Telegram: 'Telegram',
  WhatsApp: 'WhatsApp',
  'WhatsApp number': 'WhatsApp-Nummer',
  'WhatsApp user': 'WhatsApp-Konto',
  'WhatsApp user across our businesses': 'WhatsApp-Konto, unternehmensübergreifend',
  'There is no such channel.': 'Diesen Kanal gibt es nicht.',
  'This channel does not run now.': 'Dieser Kanal läuft gerade nicht.',
  'There are conversations on this channel. Stop it instead.':
    'Auf diesem Kanal gibt es Gespräche. Halten Sie ihn stattdessen an.',
  'The credentials work: this is {{account}}.': 'Die Zugangsdaten funktionieren: Das ist {{account}}.',
  'Change the settings: the platform refuses them as they are.':
    'Ändern Sie die Einstellungen: So lehnt die Plattform sie ab.',
  'Whether the credentials work is not known. Check the network and the addresses in the settings, then try again.':
    'Ob die Zugangsdaten funktionieren, ist nicht bekannt. Prüfen Sie das Netz und die Adressen in den Einstellungen, und versuchen Sie es dann noch einmal.',
  'No answer in time.': 'Keine Antwort in der Zeit, die dafür war.',
  'There is no such setting.': 'Diese Einstellung gibt es nicht.',
  'It is missing.': 'Das fehlt noch.',
  'It is a text.': 'Hier steht ein Text.',
  'It is yes or no.': 'Hier steht Ja oder Nein.',
  'It is a number.': 'Hier steht eine Zahl.',
  'It is a number above 0.': 'Hier steht eine Zahl über 0.',
  'It is a number from 1 to {{last}}.': 'Hier steht eine Zahl von 1 bis {{last}}.',
  'It is an address, such as support@example.com.': 'Hier steht eine Adresse wie support@example.com.',
  'OAuth needs oauth.token_url, where access tokens are handed out.':
    'OAuth braucht die Token-Adresse, bei der es Zugriffstoken gibt.',
  'Webhooks need BATON_PUBLIC_URL; or set the mode to polling.':
    'Webhooks brauchen BATON_PUBLIC_URL; oder lassen Sie Baton bei Telegram nachfragen.',
  "Webhooks need the app's secret, or anybody could write to us.":
    'Webhooks brauchen das App-Geheimnis, sonst könnte jeder uns schreiben.',
  'Webhooks need BATON_PUBLIC_URL; or set the webhook to app.':
    'Webhooks brauchen BATON_PUBLIC_URL; oder setzen Sie den Webhook im Dashboard der App.',
  'Webhooks need a verify token, which Meta sends back to us.':
    'Webhooks brauchen ein Prüftoken, das Meta an uns zurückschickt.',
  "The bot's token is malformed.": 'Das Token des Bots hat nicht die richtige Form.',
  'Reading mail (IMAP):': 'Mails lesen (IMAP):',
  'Sending mail (SMTP):': 'Mails senden (SMTP):',
  'Reading mail (IMAP)': 'Mails lesen (IMAP)',
  'Sending mail (SMTP)': 'Mails senden (SMTP)',
  '{{what}} {{host}} refuses the user or the password.': '{{what}} {{host}} lehnt Benutzer oder Passwort ab.',
  '{{what}} {{host}} does not open the folder.': '{{what}} {{host}} öffnet den Ordner nicht.',
  '{{what}} {{host}} does not answer. Check imap.port and imap.tls.':
    '{{what}} {{host}} antwortet nicht. Prüfen Sie Port und Verschlüsselung.',
  '{{what}} {{host}} ended the connection.': '{{what}} {{host}} hat die Verbindung beendet.',
  '{{what}} {{host}} takes no mail from us.': '{{what}} {{host}} nimmt von uns keine E-Mails an.',
  '{{what}} at {{host}}, this user may not send as this address.':
    '{{what}} bei {{host}} darf dieser Benutzer nicht unter dieser Adresse senden.',
  '{{what}}: {{host}} does not speak TLS here. Check {{group}}.port and {{group}}.tls.':
    '{{what}}: {{host}} spricht hier kein TLS. Prüfen Sie Port und Verschlüsselung.',
  'Sending mail (SMTP): {{host}} offers no encryption (STARTTLS).':
    'Mails senden (SMTP): {{host}} bietet keine Verschlüsselung an (STARTTLS).',
  'Sending mail (SMTP): the connection to {{host}} broke.': 'Mails senden (SMTP): Die Verbindung zu {{host}} brach ab.',
  'Gmail wants an app password here, or OAuth.': 'Gmail will hier ein App-Passwort oder OAuth.',
  'Microsoft 365 wants OAuth: set auth to xoauth2.': 'Microsoft 365 will OAuth: Wählen Sie es bei „Anmelden mit“.',
  'The refresh token is no longer valid: authorise the mailbox again.':
    'Das Refresh-Token ist nicht mehr gültig: Autorisieren Sie das Postfach neu.',
  'The token server does not know the client id, or its secret is wrong.':
    'Der Token-Server kennt die Client-ID nicht, oder ihr Geheimnis ist falsch.',
  'The token server refuses the scope.': 'Der Token-Server lehnt den Scope ab.',
  'The token server refuses to hand out a token.': 'Der Token-Server gibt kein Token heraus.',

  // Settings of channels
  "The bot's token, from @BotFather.": 'Das Token des Bots, von @BotFather.',
  'Another Bot API server, if you run your own.': 'Ein anderer Bot-API-Server, wenn Sie einen eigenen betreiben.',
  'Polling works even where Telegram cannot reach this machine.':
    'Nachfragen geht auch, wo Telegram diesen Rechner nicht erreicht.',
  'Telegram calls Baton (webhook)': 'Telegram ruft Baton (Webhook)',
  'Baton asks Telegram (polling)': 'Baton fragt bei Telegram nach (Polling)',
  "The id of the number, from the app's dashboard.": 'Die ID der Nummer, aus dem Dashboard der App.',
  'The id of the WhatsApp Business account that the number belongs to.':
    'Die ID des WhatsApp-Business-Kontos, zu dem die Nummer gehört.',
  'The token of a system user who may send for the account.':
    'Das Token eines Systemnutzers, der für das Konto senden darf.',
  'The secret of the Meta app, which signs each webhook.':
    'Das Geheimnis der Meta-App, das jeden Webhook unterschreibt.',
  'Any text you choose; Meta sends it back when the webhook is set.':
    'Ein beliebiger Text; Meta schickt ihn zurück, wenn der Webhook gesetzt wird.',
  'Another Graph API server, if you use one.': 'Ein anderer Graph-API-Server, wenn Sie einen benutzen.',
  'The version of the Graph API.': 'Die Version der Graph API.',
  'The webhook of an app gets what is for all its numbers, except for those that have their own.':
    'Der Webhook einer App bekommt, was für ihre Nummern ist, außer für solche, die einen eigenen haben.',
  'You, for the whole app in its dashboard': 'Sie, für die ganze App in ihrem Dashboard',
  'Baton, for this number only': 'Baton, nur für diese Nummer',
  'How many the number may send; 20 if it is also used in the app on a phone.':
    'Wie viele die Nummer senden darf; 20, wenn sie auch in der App auf einem Telefon benutzt wird.',
  "The mailbox's address, as customers know it.": 'Die Adresse des Postfachs, wie Kunden sie kennen.',
  'The name that customers see beside the address.': 'Der Name, den Kunden neben der Adresse sehen.',
  'The server on which mail is read, such as imap.example.com.':
    'Der Server, auf dem Mails gelesen werden, etwa imap.example.com.',
  '993, or 143 for STARTTLS.': '993, oder 143 für STARTTLS.',
  'None is only safe on the same machine or in a network that you trust.':
    'Keine ist nur auf demselben Rechner oder in einem Netz sicher, dem Sie vertrauen.',
  'As usual for the port': 'Wie für den Port üblich',
  'TLS from the start': 'TLS von Anfang an',
  STARTTLS: 'STARTTLS',
  None: 'Keine',
  'The user name on that server; if empty, the address.': 'Der Benutzername auf dem Server; leer: die Adresse.',
  'Often an app password; leave it empty with OAuth.': 'Oft ein App-Passwort; bei OAuth leer lassen.',
  'The server by which mail is sent, such as smtp.example.com.':
    'Der Server, über den Mails gesendet werden, etwa smtp.example.com.',
  '465, or 587 for STARTTLS.': '465, oder 587 für STARTTLS.',
  'The user name on that server; if empty, the one for reading.':
    'Der Benutzername auf dem Server; leer: der zum Lesen.',
  'If empty, the one for reading.': 'Leer: das zum Lesen.',
  'OAuth where the provider wants it, such as Microsoft 365.': 'OAuth, wo der Anbieter es will, etwa Microsoft 365.',
  Password: 'Passwort',
  'OAuth (XOAUTH2)': 'OAuth (XOAUTH2)',
  'Where access tokens are handed out.': 'Wo es Zugriffstoken gibt.',
  'The id of the app that you registered.': 'Die ID der App, die Sie registriert haben.',
  "The app's secret.": 'Das Geheimnis der App.',
  "The token of the mailbox's owner; if empty, the app reads the mailbox in its own name.":
    'Das Token der Person, der das Postfach gehört; leer: Die App liest es im eigenen Namen.',
  'What the token is to be good for, if the token server wants to be told.':
    'Wofür das Token gut sein soll, wenn der Token-Server das wissen will.',
  'Which folder is read.': 'Welcher Ordner gelesen wird.',
  'How many are sent at most; providers allow 30 and more.':
    'Wie viele höchstens gesendet werden; Anbieter erlauben 30 und mehr.',
  'Mail to name+anything@ arrives at name@: then replies find their conversation more reliably.':
    'Mails an name+irgendwas@ kommen bei name@ an: Dann finden Antworten ihr Gespräch zuverlässiger.',

  // Everything else
  'There is no such customer.': 'Diesen Kunden gibt es nicht.',
  'There is no such note.': 'Diese Notiz gibt es nicht.',
  'A note is deleted by who wrote it, or by an admin.':
    'Eine Notiz löscht, wer sie geschrieben hat, oder jemand aus der Administration.',
  'There is a filter named {{name}} already.': 'Einen Filter namens {{name}} gibt es schon.',
  'There is no such filter.': 'Diesen Filter gibt es nicht.',
  'A filter is deleted by who kept it, or by an admin.':
    'Einen Filter löscht, wer ihn gespeichert hat, oder jemand aus der Administration.',
  'Another customer has {{address}}.': 'Ein anderer Kunde hat {{address}}.',
  'A customer with {{address}} is known already.': 'Ein Kunde mit {{address}} ist schon bekannt.',
  'The customer has no such address.': 'Der Kunde hat keine solche Adresse.',
  'The file is not UTF-8: save it as CSV UTF-8.': 'Die Datei ist nicht UTF-8: Speichern Sie sie als CSV UTF-8.',
  'The file is not a text file.': 'Das ist keine Textdatei.',
  'The file may have at most {{size}} bytes: divide it.':
    'Die Datei darf höchstens {{size}} Byte haben: Teilen Sie sie.',
  'The first line must name the columns: name, email or phone.':
    'Die erste Zeile muss die Spalten nennen: name, email oder phone.',
  'A file may have at most {{size}} MB.': 'Eine Datei darf höchstens {{size}} MB haben.',
  'There is no such file.': 'Diese Datei gibt es nicht.',
  'There is no such uploaded file.': 'Diese Datei wurde nicht hochgeladen.',
  'This file is gone.': 'Diese Datei ist nicht mehr da.',
  'The storage for files does not answer.': 'Der Speicher für Dateien antwortet nicht.',
  'There is no such agent.': 'Diesen Agenten gibt es nicht.',
  'This agent is no longer installed.': 'Dieser Agent ist nicht mehr installiert.',
  'There is no operator {{name}}.': 'Es gibt niemanden mit der Kennung {{name}} im Team.',
  '{{name}} is a viewer, and viewers cannot have conversations.':
    '{{name}} darf nur zusehen und kann keine Gespräche haben.',
  'There is no such document.': 'Dieses Dokument gibt es nicht.',
  'An agent may have at most {{count}} documents.': 'Ein Agent darf höchstens {{count}} Dokumente haben.',
  'Others are trying agents out. Try again in a moment.':
    'Andere probieren gerade Agenten aus. Versuchen Sie es gleich noch einmal.',
  'There is no such operator.': 'Diese Person gibt es nicht im Team.',
  '{{email}} is an operator already.': '{{email}} ist schon im Team.',
  'You have no such token.': 'Ein solches Token haben Sie nicht.',
  'There is no such message in the quarantine.': 'Diese Nachricht gibt es in der Quarantäne nicht.',
  'It still cannot be read.': 'Das kann immer noch nicht gelesen werden.',
  'It was replayed already.': 'Das wurde schon wiederholt.',
}
