/** Minutes as people say them: `12 hours`, `1 day, 30 minutes`. */
export function lasting(minutes: number, language: string): string {
  const whole = Math.round(minutes)
  const parts = [
    ['day', Math.floor(whole / 1440)],
    ['hour', Math.floor((whole % 1440) / 60)],
    ['minute', whole % 60],
  ] as const
  return parts
    .filter(([, many]) => many > 0)
    .map(([unit, many]) => new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(many))
    .join(', ')
}
