// Package tone hears what a text sounds like beyond its words: two small linear models (bot/text/linear), one for Chinese and one
// for English, over the words of a text and the ideas it touches (concepts.txt), trained from the messages in corpus/ and shipped
// as model.bin. They give a probability that the text must not be sent, one for each rule about text, and one for each manner that
// no phrase list can hold (pressure, contempt, coldness, shouting, guilt). A text is heard sentence by sentence, and each sentence
// in its text (InContext).
//
// It decides nothing. The filter asks it two things: whether a sentence with a suspicious phrase sounds bad enough for the phrase's
// rule to object, and, where no rule objects, whether a person should look; the thresholds are in the filter's rules/tone.yaml. It
// knows no facts and no addressee, and it is no proof: what must never be sent belongs in a rule. Train with `hejie rules train`; a
// test holds corpus and weights together.
package tone

import "hejie/bot/text"

// Labels are what the model listens for: rules of the catalogue, then manners, then anything that must not be sent at all.
var Labels = []string{
	"T01", "T02", "T03", "T04", "T05", "T06", "T07", "T08", "T09", "T10", "T11", "T12", "T13", "T14", "T15", "T16", "T17", "T18",
	"G01", "G05", "G06", "G08", "G09", "G11", "G12", "G13", "G14", "G15", "G16", "G17", "G18", "G19", "G20", "G23",
	"pressure", "contempt", "coldness", "shouting", "guilt",
	"any",
}

// Any is the place of "any" in Labels: how sure the model is that the text must not be sent, whatever the reason.
var Any = len(Labels) - 1

// Key is the form of a text the model was trained on, the same the filter searches for phrases.
func Key(s string) []rune { return text.Fold(s).Key().Runes }
