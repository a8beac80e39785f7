package arrange

import (
	"fmt"
	"slices"

	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// regimes says which cap a debt type falls under; bills, medical debts and taxes have none of this kind.
var regimes = map[string]ledger.Regime{
	"private_loan": ledger.PrivateLoan,
	"credit_card":  ledger.LicensedLender,
	"online_loan":  ledger.LicensedLender,
}

// WithExcess sets Excess to the part above the legal cap on asOf. At judgment and after, a court has fixed the sum:
// measuring it again would tell the debtor something the court did not say.
func (a Account) WithExcess(asOf calendar.Date) (Account, error) {
	a.Excess = 0
	regime, capped := regimes[a.DebtType]
	if !capped || slices.Contains([]string{"judgment", "enforcement"}, a.Stage) {
		return a, nil
	}
	excess, _, err := ledger.Excess(ledger.Loan{Regime: regime, Balance: a.Balance, AnnualRate: a.AnnualRate,
		ContractDate: a.ContractDate, AsOf: asOf})
	if err != nil {
		return a, fmt.Errorf("arrange: %w", err)
	}
	a.Excess = excess
	return a, nil
}
