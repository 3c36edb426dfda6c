import { beforeAll, expect, test } from 'vitest'

import { commonTexts } from './common'
import { SAID, said, saidTexts } from './said'
import { speak, startTexts } from './texts'

beforeAll(() => startTexts({ common: commonTexts, [SAID]: saidTexts }))

test('English is what the runtime says', async () => {
  await speak('en')
  expect(said('There is no such channel.', 'not_found')).toBe('There is no such channel.')
})

test('German is the sentence, else what its code means, else what was said', async () => {
  await speak('de')
  expect(said('There is no such channel.', 'not_found')).toBe('Diesen Kanal gibt es nicht.')
  expect(said('There is no such moon.', 'not_found')).toBe('Das gibt es nicht, oder nicht mehr.')
  expect(said('moon: it is missing.', 'invalid')).toBe('So geht es nicht: moon: it is missing.')
  expect(said('The moon is down.', 'new_code')).toBe('The moon is down.')
})

test('names stay in it, and what a platform adds stays as it is', async () => {
  await speak('de')
  expect(said('Ann (Berlin) has this conversation.')).toBe('Ann (Berlin) hat dieses Gespräch.')
  expect(said("It is missing. The app's secret.")).toBe('Das fehlt noch. Das Geheimnis der App.')
  expect(said('A reply did not reach the customer: The customer blocked the bot.')).toBe(
    'Eine Antwort hat den Kunden nicht erreicht: Der Kunde hat den Bot blockiert.',
  )
  expect(said('WhatsApp does not take this file. (Code 7)')).toBe('WhatsApp nimmt diese Datei nicht an. (Code 7)')
})
