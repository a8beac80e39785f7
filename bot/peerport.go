package bot

import (
	"context"
	"errors"
	"time"

	"hejie/bot/guard"
)

// What a Sender may be able to do besides sending. Each is asked for by its interface; a Sender without it is used without it.

// Typist shows a person that an answer is being written. It is a nicety and fails in silence.
type Typist interface {
	Typing(ctx context.Context, address string, on bool)
}

// FileSource gets a file the peer holds for us. ErrGone: it no longer does. ErrTooLarge: it is more than we take.
type FileSource interface {
	FetchMedia(ctx context.Context, m Media) (contentType string, body []byte, err error)
}

// Inviter makes a link or a code that brings a person to this account, and back to us with the token it carries.
type Inviter interface {
	// drawn: it is to be shown as a QR code, not to be followed.
	InviteURL(ctx context.Context, token string, life time.Duration) (link string, drawn bool, err error)
}

// Asker asks the peer what became of a send nobody knows the end of. found is false when the peer does not know it, or cannot tell it
// from another: then nothing is settled.
type Asker interface {
	Ask(ctx context.Context, d Doubt) (r Report, found bool, err error)
}

// Desk is a Sender whose peer has people of its own and was told to use them.
type Desk interface {
	// Serve moves a person to "pool" (waiting for the peer's people) or "ended", and says where they stand then: "", pool, human, ended.
	Serve(ctx context.Context, address, to string) (at string, err error)
}

// ErrGone: the peer no longer has the file.
var ErrGone = errors.New("bot: the peer no longer has it")

// ErrPeer: the peer did not do what it was asked; later it may.
var ErrPeer = errors.New("bot: the peer's interface refused or did not answer")

// Invitation brings a person to another channel: once, and until its end.
type Invitation struct {
	Link  string
	Drawn bool // to be shown as a QR code
	Until time.Time
}

// InviteTo is an account that can make invitations.
type InviteTo struct {
	Channel string `json:"channel"`
	Account string `json:"account"`
}

// KeptBack is the code of a WindowClosed that took nothing: the text would have needed the message that is kept for what matters.
const KeptBack = "kept_back"

// Doubt is a send nobody knows the end of, as far as the peer may recognise it.
type Doubt struct {
	DraftID          string
	Channel, Account string
	Key              string       // our Parcel.Key
	Address          string       // in clear: never log it
	Parts            []guard.Part // as they were cleared
	From, Until      time.Time    // it left, if at all, between these
	Taken            []string     // the peer's numbers for other texts to this address
}

// File is what a person sent us. Its state is new (still at the peer), kept, gone (the peer no longer has it) or refused (Fault says why).
type File struct {
	ID        string `db:"id" json:"id"`
	ConvID    string `db:"conv_id" json:"conversation_id"`
	MessageID string `db:"message_id" json:"message_id"`
	Channel   string `db:"channel" json:"channel"`
	Kind      string `db:"kind" json:"kind"` // image | voice | video | file
	Mime      string `db:"mime" json:"mime"` // as its content says, not as the peer says
	Size      int64  `db:"size" json:"size"`
	State     string `db:"state" json:"state"`
	Fault     string `db:"fault" json:"fault"`
	CreatedMS int64  `db:"created_ms" json:"created_ms"`
	DeletedMS int64  `db:"deleted_ms" json:"deleted_ms"` // its time was over; 0: not deleted
}

// FileJob is a file to fetch.
type FileJob struct {
	ID        string `db:"id"`
	ConvID    string `db:"conv_id"`
	Channel   string `db:"channel"`
	Account   string `db:"account"`
	Attempts  int    `db:"attempts"`
	CreatedMS int64  `db:"created_ms"`
	Media     Media  `db:"-"`
}

// Peers keeps what is between us and the peers besides texts.
type Peers interface {
	// Files lists what was sent in a conversation; File loads one with its content. ErrNotFound.
	Files(ctx context.Context, convID string) ([]File, error)
	File(ctx context.Context, id string) (File, []byte, error)
	// ClaimFiles leases files that are due to be fetched; FinishFile keeps one, or says why there is nothing to keep.
	ClaimFiles(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]FileJob, error)
	FinishFile(ctx context.Context, f File, body []byte, next time.Time) error
	// OldFiles lists kept files that came before a time, oldest first, those after the last one seen.
	OldFiles(ctx context.Context, before time.Time, last FileAge, limit int) ([]FileAge, error)
	// DeleteFile drops a kept file's content for good and writes that down. done is false where an open case or a hold has come in between,
	// or somebody else was first.
	DeleteFile(ctx context.Context, id string, by DeletedBy, now time.Time) (done bool, err error)
	// Doubts lists sends the peer is to be asked about now; AskDoubt says when next, and whether it is ours to ask.
	Doubts(ctx context.Context, now time.Time, limit int) ([]Doubt, error)
	AskDoubt(ctx context.Context, draftID string, next, now time.Time) (mine bool, err error)
	// DesksBehind lists conversations whose holder is not the one at the peer's desk; PutDesk notes who serves there.
	DesksBehind(ctx context.Context, channel, account string, limit int) ([]string, error)
	PutDesk(ctx context.Context, addressID, at string) error
}
