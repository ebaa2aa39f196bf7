// Before unsaved words are lost, the user is asked.
import { ElMessageBox } from 'element-plus/es/components/message-box/index'
import 'element-plus/es/components/message-box/style/css'
import { t } from './i18n'

/** Whether the unsaved changes may be thrown away. */
export async function askToDiscard(): Promise<boolean> {
  try {
    await ElMessageBox.confirm(t('orders.discardQuestion'), {
      type: 'warning',
      confirmButtonText: t('orders.discard'),
      cancelButtonText: t('orders.keepEditing'),
    })
    return true
  } catch {
    // Element Plus rejects when the user stays.
    return false
  }
}
