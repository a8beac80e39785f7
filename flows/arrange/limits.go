package arrange

import (
	"hejie/flows/calendar"
	"hejie/flows/ledger"
)

// sane clamps limits into what the arithmetic can bear. flows/policy refuses such files at start; this keeps a caller
// that built Limits by hand from a panic or a schedule without end, always to the narrower side.
func (l Limits) sane() Limits {
	l.MinCount = max(1, l.MinCount)
	l.MaxCount = min(l.MaxCount, MaxInstalments)
	l.MinMonthly = max(1, l.MinMonthly)
	l.MaxFirstDueDays = max(1, min(l.MaxFirstDueDays, 366))
	l.MaxDeferDays = max(0, min(l.MaxDeferDays, 3660))
	l.MaxPenaltyWaiverPct = max(0, min(l.MaxPenaltyWaiverPct, 100))
	l.MaxInterestWaivePct = max(0, min(l.MaxInterestWaivePct, 100))
	l.WaiverWithinDays = max(0, min(l.WaiverWithinDays, 366))
	l.MinSettlement = max(0, l.MinSettlement)
	l.QuoteHours = max(1, min(l.QuoteHours, 24*366))
	l.TokenMin = max(0, l.TokenMin)
	l.TokenMonths = max(0, min(l.TokenMonths, MaxInstalments))
	l.PlanRate = max(0, min(l.PlanRate, ledger.MaxRate))
	if l.DayCount.Valid() != nil {
		l.DayCount = ledger.Act365
	}
	if l.DueOnHoliday.Valid() != nil {
		l.DueOnHoliday = calendar.RollNone
	}
	if l.Jurisdiction == "" {
		l.Jurisdiction = "CN"
	}
	l.KeepPct = max(0, min(l.KeepPct, 100))
	l.Necessities = max(0, min(l.Necessities, ledger.MaxAmount))
	l.GraceDays = max(0, min(l.GraceDays, 31))
	l.MaxSkips = max(0, min(l.MaxSkips, MaxInstalments))
	if l.Misses < 1 {
		l.Misses = twoMisses
	}
	if l.Order.Validate() != nil {
		l.Order = ledger.Statutory
	}
	return l
}

// sane refuses a wish no person can have meant; it protects the date and money arithmetic after it.
func (a Ask) sane() bool {
	date := func(y int) bool { return y >= 0 && y <= 9999 }
	return a.Count >= 0 && a.Monthly >= 0 && a.Lump >= 0 && a.DayOfMonth >= 0 && a.DayOfMonth <= 31 &&
		a.Monthly <= ledger.MaxAmount && a.Lump <= ledger.MaxAmount && date(a.FirstDue.Year) && date(a.DeferTo.Year) &&
		(a.Kind == "" || knownKind(a.Kind)) && a.Every.known() && a.Down >= 0 && a.Down <= ledger.MaxAmount && a.saneSteps()
}

func (a Ask) saneSteps() bool {
	for i, s := range a.Steps {
		if s.Amount <= 0 || s.Amount > ledger.MaxAmount || s.Count < 0 || s.Count > MaxInstalments || s.Count == 0 && i < len(a.Steps)-1 {
			return false
		}
	}
	return len(a.Steps) <= MaxInstalments
}

func (e Every) known() bool { return e == "" || e == Weekly || e == Fortnightly || e == EachMonth }

func knownKind(k Kind) bool {
	for _, x := range Kinds {
		if x == k {
			return true
		}
	}
	return false
}
