package store

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// rawRow is one line of a file. Its cells are valid until the next one is read.
type rawRow struct {
	no    int
	cells []string
}

func (r rawRow) blank() bool {
	for _, c := range r.cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

// badRowError is a line that cannot be split into cells; the rest of the file can still be checked.
type badRowError struct{ RowError }

func (b *badRowError) Error() string { return b.String() }

// rowSource yields rows one by one, so that a file of any length fits into memory.
type rowSource interface {
	next() (rawRow, error)
	position() (done, total int64)
	fromSheet() bool // cells hold spreadsheet values: numbers as floats, days as serial numbers
	close()
}

func openRows(path string) (rowSource, error) {
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".xlsx":
		return openSheet(path)
	case ".csv", ".txt", "":
		return openCSV(path)
	default:
		return nil, fmt.Errorf("a %s file cannot be read: .csv (UTF-8) or .xlsx is expected", ext)
	}
}

type csvSource struct {
	f    *os.File
	r    *csv.Reader
	size int64
}

var errNotUTF8 = errors.New("the file is not UTF-8: save it as “CSV UTF-8”, or as .xlsx")

func openCSV(path string) (*csvSource, error) {
	f, err := os.Open(path) // #nosec G304 -- the operator's own file
	if err != nil {
		return nil, err
	}
	s := &csvSource{f: f}
	st, err := f.Stat()
	if err != nil {
		s.close()
		return nil, err
	}
	s.size = st.Size()
	head := make([]byte, 3)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		s.close()
		return nil, err
	}
	if !bytes.Equal(head[:n], []byte("\xef\xbb\xbf")) { // spreadsheets put a byte order mark before UTF-8
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			s.close()
			return nil, err
		}
	}
	s.r = csv.NewReader(f)
	s.r.FieldsPerRecord, s.r.ReuseRecord = -1, true
	return s, nil
}

func (s *csvSource) next() (rawRow, error) {
	cells, err := s.r.Read()
	var parse *csv.ParseError
	switch {
	case errors.As(err, &parse):
		return rawRow{}, &badRowError{RowError{Row: parse.StartLine, What: "the quotation marks do not match", Expected: `a cell with quotation marks inside written as "a ""b"" c"`}}
	case err != nil:
		return rawRow{}, err
	}
	line, _ := s.r.FieldPos(0)
	for _, c := range cells {
		if !utf8.ValidString(c) {
			return rawRow{}, errNotUTF8
		}
	}
	return rawRow{no: line, cells: cells}, nil
}

func (s *csvSource) position() (int64, int64) { return s.r.InputOffset(), s.size }
func (s *csvSource) fromSheet() bool          { return false }
func (s *csvSource) close()                   { _ = s.f.Close() }

type sheetSource struct {
	book *excelize.File
	rows *excelize.Rows
	no   int
}

// openSheet reads the first sheet. Raw values: what a cell shows depends on its format and the reader's locale.
func openSheet(path string) (*sheetSource, error) {
	book, err := excelize.OpenFile(path, excelize.Options{RawCellValue: true, UnzipSizeLimit: 1 << 30, UnzipXMLSizeLimit: 8 << 20})
	if err != nil {
		return nil, fmt.Errorf("not a readable .xlsx file: %w", err)
	}
	s := &sheetSource{book: book}
	if s.rows, err = book.Rows(book.GetSheetName(0)); err != nil {
		s.close()
		return nil, fmt.Errorf("first sheet: %w", err)
	}
	return s, nil
}

func (s *sheetSource) next() (rawRow, error) {
	if !s.rows.Next() {
		if err := s.rows.Error(); err != nil {
			return rawRow{}, fmt.Errorf("sheet: %w", err)
		}
		return rawRow{}, io.EOF
	}
	s.no++
	cells, err := s.rows.Columns()
	if err != nil {
		return rawRow{}, fmt.Errorf("sheet, row %d: %w", s.no, err)
	}
	return rawRow{no: s.no, cells: cells}, nil
}

func (s *sheetSource) position() (int64, int64) { return 0, 0 }
func (s *sheetSource) fromSheet() bool          { return true }

func (s *sheetSource) close() {
	if s.rows != nil {
		_ = s.rows.Close()
	}
	_ = s.book.Close()
}
