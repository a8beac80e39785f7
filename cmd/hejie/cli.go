package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/alecthomas/kong"
)

// Exit codes of every command (contracts): good, the thing checked fails, wrong use or unreadable input.
const (
	exitGood  = 0
	exitFails = 1
	exitUsage = 2
)

// errFails says that what was checked is wrong; errUsage that we could not even check.
// A command wraps one of them and has already printed what is wrong, or lets run print the error.
var (
	errFails  = errors.New("check failed")
	errUsage  = errors.New("wrong use")
	errSilent = errors.New("already said")
)

// IO is where a command reads and writes, so that tests can run it whole.
type IO struct {
	In       io.Reader
	Out, Err io.Writer
}

func stdIO() *IO { return &IO{In: os.Stdin, Out: os.Stdout, Err: os.Stderr} }

// CLI is every command.
type CLI struct {
	Flows  FlowsCmd  `cmd:"" help:"Model-check the flow files; draw one."`
	Demo   DemoCmd   `cmd:"" help:"Serve a demonstration: a made-up creditor, six sample debtors, one agent."`
	Serve  ServeCmd  `cmd:"" help:"The production server, configured by HEJIE_… variables or a file."`
	Chat   ChatCmd   `cmd:"" help:"Talk with the bot in the terminal."`
	Offer  OfferCmd  `cmd:"" help:"JSONL in, JSONL out: the offers policy allows for one account."`
	Policy PolicyCmd `cmd:"" help:"Check policy files; simulate a changed policy."`

	Filter     FilterCmd     `cmd:"" help:"JSONL in, JSONL out: may this text be sent?"`
	Understand UnderstandCmd `cmd:"" help:"JSONL in, JSONL out: what a debtor's text means."`
	Rules      RulesCmd      `cmd:"" help:"The filter's rule pack."`

	Import   ImportCmd   `cmd:"" help:"Load or refresh a portfolio from a CSV or XLSX file."`
	Creditor CreditorCmd `cmd:"" help:"The creditors served here: addresses, portals, host secret."`
	Migrate  MigrateCmd  `cmd:"" help:"Bring the database schema up to date."`
	User     UserCmd     `cmd:"" help:"The people at the desk."`
	Audit    AuditCmd    `cmd:"" help:"The audit trail."`
	Replay   ReplayCmd   `cmd:"" help:"Re-run a conversation from its record and compare."`
	Apikey   ApikeyCmd   `cmd:"" help:"Keys for creditors' own systems (REST API)."`
	Channels ChannelsCmd `cmd:"" help:"Messaging accounts: menus, invitations, files people sent."`
	Doctor   DoctorCmd   `cmd:"" help:"Say in plain words what would stop the server."`
}

func run(args []string, std *IO) (code int) {
	var cli CLI
	code = -1
	parser, err := kong.New(&cli,
		kong.Name("hejie"),
		kong.Description("Hejie (和解): debtor self-service chat, with a filter that nothing bypasses."),
		kong.Writers(std.Out, std.Err),
		kong.Exit(func(c int) { code = c; panic(errSilent) }),
		kong.Bind(std),
	)
	if err != nil {
		fmt.Fprintln(std.Err, "hejie:", err)
		return exitUsage
	}
	defer func() { // --help leaves through kong.Exit
		if r := recover(); r != nil {
			if e, ok := r.(error); !ok || !errors.Is(e, errSilent) {
				panic(r)
			}
		}
	}()
	ctx, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintln(std.Err, "hejie:", err)
		return exitUsage
	}
	return exitCode(ctx.Run(std), std)
}

func exitCode(err error, std *IO) int {
	if err == nil {
		return exitGood
	}
	if !errors.Is(err, errSilent) {
		fmt.Fprintln(std.Err, "hejie:", err)
	}
	if errors.Is(err, errUsage) {
		return exitUsage
	}
	return exitFails
}
