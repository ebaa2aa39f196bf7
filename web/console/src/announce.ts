// Short messages at the top of the page, read aloud by screen readers.
import { ElMessage } from 'element-plus/es/components/message/index'
import 'element-plus/es/components/message/style/css'

export function announce(kind: 'success' | 'error' | 'warning', text: string): void {
  ElMessage({ type: kind, message: text, duration: kind === 'success' ? 2500 : 6000, showClose: true })
}

/** For what must not be missed while speaking: stays for long, or until it is closed. */
export function announceLong(text: string): void {
  ElMessage({ type: 'warning', message: text, duration: 20_000, showClose: true })
}
