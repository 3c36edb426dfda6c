/** The workspace's page of a conversation. */
export const workspace = (sessionId: string) => `/human-agents/${sessionId}`

/** Opens it beside this page; false: the browser does not let us. */
export function openWorkspace(sessionId: string): boolean {
  return window.open(workspace(sessionId), '_blank') !== null
}
