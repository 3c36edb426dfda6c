import type { Customer } from '../queries'
import { Facts } from './Facts'
import { Fields } from './Fields'
import { Identities } from './Identities'
import { Notes } from './Notes'
import classes from './profile.module.css'

/** What is known of a customer. */
export function Overview({ customer, may }: { customer: Customer; may: boolean }) {
  return (
    <div className={classes.overview}>
      <div className={classes.cards}>
        <Identities customer={customer} may={may} />
        <Fields customer={customer} may={may} />
        <Notes customer={customer} may={may} />
        <Facts customer={customer} may={may} />
      </div>
    </div>
  )
}
