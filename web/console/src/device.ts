// What a browser calls itself, as a person would say it.
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/Edg\/(\d+)/, 'Edge'],
  [/(?:QQBrowser)\/(\d+)/, 'QQ'],
  [/Firefox\/(\d+)/, 'Firefox'],
  [/(?:Headless)?Chrome\/(\d+)/, 'Chrome'],
  [/Version\/(\d+).*Safari/, 'Safari'],
]
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/Windows/, 'Windows'],
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Mac OS X/, 'macOS'],
  [/UOS|Kylin/i, 'UOS/Kylin'],
  [/Linux/, 'Linux'],
]

export function deviceName(agent: string): string {
  const browser = BROWSERS.map(([sign, name]) => [sign.exec(agent), name] as const).find(([found]) => found)
  const system = SYSTEMS.find(([sign]) => sign.test(agent))?.[1]
  const named = browser ? `${browser[1]} ${browser[0]?.[1] ?? ''}`.trim() : agent.slice(0, 40)
  return [named, system].filter(Boolean).join(' · ')
}
