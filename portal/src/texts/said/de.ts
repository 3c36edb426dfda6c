/** What the runtime says, by its codes. A test holds that none is missing. */
export default {
  kind_email: 'E-Mail',
  identity_email: 'E-Mail',
  identity_phone: 'Telefon',
  identity_telegram_user: 'Telegram',
  identity_wa_phone: 'WhatsApp-Nummer',
  identity_wa_bsuid: 'WhatsApp-Nutzer',
  identity_wa_parent_bsuid: 'WhatsApp-Nutzer über unsere Unternehmen hinweg',
}
