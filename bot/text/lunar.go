package text

// lunarDate reads days of the lunar calendar. None are read yet: a day of that calendar is left for the question that asks the date.
func (r *reader) lunarDate(int) int { return 0 }
