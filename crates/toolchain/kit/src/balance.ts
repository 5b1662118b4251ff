/** Who pays whom, so that nobody owes anybody anything: worked out from balances that add up to nothing. Pure. */

/** What somebody is owed by the others, less what they owe. */
export interface Balance {
  id: number;
  balance: number;
}

/** One payment. */
export interface Debt {
  from: number;
  to: number;
  amount: number;
}

/** Whoever owes most pays whoever is owed most, again and again: fewer payments than people, the same ones each time. */
export function debts(balances: Balance[]): Debt[] {
  const open = balances.map(({ id, balance }) => ({ id, balance }));
  const found: Debt[] = [];
  for (;;) {
    open.sort((a, b) => a.balance - b.balance || a.id - b.id);
    const [debtor, creditor] = [open[0], open.at(-1)];
    if (!debtor || !creditor || debtor.balance >= 0 || creditor.balance <= 0) return found;
    const amount = Math.min(-debtor.balance, creditor.balance);
    found.push({ from: debtor.id, to: creditor.id, amount });
    debtor.balance += amount;
    creditor.balance -= amount;
  }
}
