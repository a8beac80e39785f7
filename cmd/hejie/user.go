package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"hejie/bot"
	"hejie/bot/store"
)

// UserCmd manages the people at the desk.
type UserCmd struct {
	Add UserAddCmd `cmd:"" help:"Add a person who may sign in to the console."`
}

// UserAddCmd adds one.
type UserAddCmd struct {
	Login         string `arg:"" help:"What the person signs in with."`
	Name          string `required:"" help:"Name that debtors see, such as 林倩."`
	Role          string `default:"agent" enum:"agent,supervisor,compliance,admin" help:"agent, supervisor, compliance or admin."`
	PasswordStdin bool   `help:"Read the password from standard input (it is asked for otherwise)."`
	DB            string `name:"db" help:"Database: postgres://… or sqlite:PATH. Default: HEJIE_DATABASE_URL, or hejie.db in HEJIE_DATA_DIR."`
}

// Help shows an example.
func (UserAddCmd) Help() string {
	return "Example:\n  hejie user add linqian --name 林倩 --role supervisor\n  pass show hejie/linqian | hejie user add linqian --name 林倩 --password-stdin"
}

// Run adds the person. The password is never an argument: those are seen by everybody on the machine.
func (c *UserAddCmd) Run(std *IO) error {
	login := strings.TrimSpace(c.Login)
	if login == "" || strings.TrimSpace(c.Name) == "" {
		return fmt.Errorf("%w: a login and a name are needed", errUsage)
	}
	password, err := c.password(std)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	hash, err := store.HashPassword(password)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	return withStore(c.DB, func(ctx context.Context, st *store.Store) error {
		err := st.AddAgent(ctx, bot.AgentUser{Login: login, Name: strings.TrimSpace(c.Name), Role: c.Role, PasswordHash: hash})
		if errors.Is(err, bot.ErrConflict) {
			return fmt.Errorf("%w: the login %s is taken", errFails, login)
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(std.Out, "added %s (%s, %s)\n", login, c.Name, c.Role)
		return nil
	})
}

func (c *UserAddCmd) password(std *IO) (string, error) {
	in := bufio.NewReader(std.In)
	if c.PasswordStdin || !isTerminal(std.In) {
		if !c.PasswordStdin {
			return "", errors.New("no terminal to ask for the password: use --password-stdin")
		}
		return passwordLine(in)
	}
	defer quiet()()
	fmt.Fprint(std.Err, "Password: ")
	first, err := passwordLine(in)
	if err != nil {
		return "", err
	}
	fmt.Fprint(std.Err, "\nAgain: ")
	second, err := passwordLine(in)
	fmt.Fprintln(std.Err)
	if err == nil && first != second {
		err = errors.New("the two passwords differ")
	}
	return first, err
}

func passwordLine(in *bufio.Reader) (string, error) {
	line, err := in.ReadString('\n')
	if err != nil && (!errors.Is(err, io.EOF) || line == "") {
		return "", fmt.Errorf("password: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// quiet stops the terminal's echo until the function it returns is called. Where stty is missing the password is shown as typed.
func quiet() func() {
	stty := func(mode string) {
		cmd := exec.Command("stty", mode) // #nosec G204 -- a fixed word
		cmd.Stdin = os.Stdin
		_ = cmd.Run()
	}
	stty("-echo")
	return func() { stty("echo") }
}
