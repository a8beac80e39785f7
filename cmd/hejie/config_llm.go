package main

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"

	"hejie/bot"
	"hejie/bot/llm"
)

func (c Config) llm() llm.Config {
	extra, _ := c.llmExtra() // validated at start
	out := llm.Config{
		BaseURL: c.LLMBaseURL, APIKey: c.LLMAPIKey, Model: c.LLMModel, Timeout: c.LLMTimeout,
		Extra: extra, APIVersion: c.LLMAPIVersion, Tape: c.LLMRecord,
	}
	if c.LLMReplay != "" {
		out.Tape, out.Replay = c.LLMReplay, true
	}
	return out
}

func (c Config) llmExtra() (m map[string]any, err error) {
	if c.LLMExtra == "" {
		return nil, nil
	}
	if err = json.Unmarshal([]byte(c.LLMExtra), &m); err == nil && m == nil {
		err = fmt.Errorf("it is null")
	}
	return m, err
}

// llmPrice is the price of a million tokens, prompt and answer, in whatever currency the operator pays.
func (c Config) llmPrice() (prompt, answer *big.Rat, err error) {
	if c.LLMPrice == "" {
		return new(big.Rat), new(big.Rat), nil
	}
	f := strings.Fields(c.LLMPrice)
	if len(f) == 2 {
		p, ok1 := new(big.Rat).SetString(f[0])
		a, ok2 := new(big.Rat).SetString(f[1])
		if ok1 && ok2 && p.Sign() >= 0 && a.Sign() >= 0 {
			return p, a, nil
		}
	}
	return nil, nil, fmt.Errorf(`%q is not two numbers such as "2.0 8.0"`, c.LLMPrice)
}

// costOf is what a usage costs at these prices, to six places.
func (c Config) costOf(u bot.Usage) string {
	p, a, err := c.llmPrice()
	if err != nil {
		return ""
	}
	sum := new(big.Rat).Mul(p, big.NewRat(int64(u.Prompt), 1_000_000))
	sum.Add(sum, new(big.Rat).Mul(a, big.NewRat(int64(u.Completion), 1_000_000)))
	return sum.FloatString(6)
}
