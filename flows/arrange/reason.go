package arrange

// Reason codes: a closed list. prompts holds one sentence `why_<code>` for each, with the placeholders named here
// ({amount} {count} {date} {pct}); no other code leaves this package.
const (
	// What stops a wish. The first reason of a refusal and of each nearest offer is one of these.

	WhyCountBelowMin    = "count_below_min"      // {count} the fewest instalments
	WhyCountAboveMax    = "count_above_max"      // {count} the most instalments
	WhyBelowMinMonthly  = "below_min_monthly"    // {amount} the least a month
	WhyBalanceTooSmall  = "balance_too_small"    // {amount} the least a month: the balance cannot be split
	WhyCountMonthly     = "count_monthly"        // {count} asked, {amount} a month it needs: count and monthly amount do not fit each other
	WhyFirstDueTooEarly = "first_due_too_early"  // {date} the first possible day
	WhyFirstDueTooLate  = "first_due_too_late"   // {date} the last possible day of the first payment
	WhyDeferTooEarly    = "defer_too_early"      // {date} the first possible day
	WhyDeferTooLate     = "defer_too_late"       // {date} the last day a deferral may reach
	WhyWaiverTooLate    = "waiver_too_late"      // {date} the day by which the rest must be paid
	WhyWaiverAboveMax   = "waiver_above_max"     // {amount} the least that must be paid, {pct} of the penalty that may be waived
	WhyNothingToWaive   = "nothing_to_waive"     // the balance is principal and fees only
	WhySettlementMin    = "settlement_below_min" // {amount} the least a settlement must bring
	WhyTokenBelowMin    = "token_below_min"      // {amount} the least a month
	WhyTokenNotNeeded   = "token_not_needed"     // {amount} the balance is as small as a token
	WhyKindNotOffered   = "kind_not_offered"     // this creditor does not offer this kind
	WhyAuthorityDecides = "authority_decides"    // tax: only the authority decides
	WhyNothingOwed      = "nothing_owed"
	WhyBalanceUnclear   = "balance_unclear"    // negative or absurd figures: a person must look
	WhyWishUnclear      = "wish_unclear"       // negative or absurd wish
	WhyEveryNotOffered  = "every_not_offered"  // this creditor's plans are monthly only
	WhyBelowMinPayment  = "below_min_payment"  // {amount} the least a payment of a weekly or fortnightly plan
	WhyDownTooSmall     = "down_too_small"     // {amount} the least first payment
	WhyStepsNotPossible = "steps_not_possible" // {amount} the least a payment, {count} the most payments
	WhySkipsUsed        = "skips_used"         // {count} payments may be put off in one plan
	WhyPlanEnded        = "plan_ended"         // {count} payments were missed: the plan must be made anew
	WhyNoPlan           = "no_plan"            // nothing is left to pay in this plan

	// What an offer rests on.

	WhyAsAsked        = "as_asked"
	WhyAboveSurplus   = "above_surplus"    // {amount} left each month by what the debtor told: a payment is above it
	WhyWithinSurplus  = "within_surplus"   // {amount} left each month by what the debtor told
	WhyLastDiffers    = "last_differs"     // {amount} of the last payment, {date} of it
	WhyPayday         = "payday"           // {count} day of the month the payments follow
	WhyNeedsApproval  = "needs_approval"   // a person must approve
	WhyExcessNotAsked = "excess_not_asked" // {amount} above the legal cap, left out
	WhyPenaltyWaived  = "penalty_waived"   // {amount} waived if paid by {date}
	WhyInterestWaived = "interest_waived"  // {amount} waived if paid by {date}
	WhyRestWaived     = "rest_waived"      // {amount} waived by a settlement paid by {date}
	WhyRestRemains    = "rest_remains"     // {amount} still owed after a token plan
	WhyPlanInterest   = "plan_interest"    // {amount} that the plan costs beyond paying today
	WhyDueMoved       = "due_moved"        // {count} payments moved off holidays, the first to {date}
	WhyHolidaysOpen   = "holidays_open"    // the holidays of {date}'s year are not published: that date may still move
	WhySmallFirst     = "small_first"      // {count} smaller payments first, then {amount}
	WhyDownFirst      = "down_first"       // {amount} first by {date}, then the rest
	WhySkipped        = "skipped"          // the payment of {date} is put off to the end
	WhyAnotherWay     = "another_way"      // not of the kind that was asked for
	WhyExtraPaid      = "extra_paid"       // {amount} extra shortens the plan by {count} payments
)

// Codes are all reason codes, for the test that prompts has a sentence for each.
var Codes = []string{
	WhyCountBelowMin, WhyCountAboveMax, WhyBelowMinMonthly, WhyBalanceTooSmall, WhyCountMonthly, WhyFirstDueTooEarly,
	WhyFirstDueTooLate, WhyDeferTooEarly, WhyDeferTooLate, WhyWaiverTooLate, WhyWaiverAboveMax, WhyNothingToWaive,
	WhySettlementMin, WhyTokenBelowMin, WhyTokenNotNeeded, WhyKindNotOffered, WhyAuthorityDecides, WhyNothingOwed,
	WhyBalanceUnclear, WhyWishUnclear, WhyAsAsked, WhyAboveSurplus, WhyWithinSurplus, WhyLastDiffers, WhyPayday,
	WhyNeedsApproval, WhyExcessNotAsked, WhyPenaltyWaived, WhyInterestWaived, WhyRestWaived, WhyRestRemains,
	WhyEveryNotOffered, WhyBelowMinPayment, WhyDownTooSmall, WhyStepsNotPossible, WhySkipsUsed, WhyPlanEnded, WhyNoPlan,
	WhyPlanInterest, WhyDueMoved, WhyHolidaysOpen, WhySmallFirst, WhyDownFirst, WhySkipped, WhyExtraPaid, WhyAnotherWay,
}
