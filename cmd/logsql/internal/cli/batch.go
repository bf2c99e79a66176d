package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"logsql/sql"
	"logsql/sql/syntax"
)

type batchRequest struct {
	ID       json.RawMessage `json:"id"`
	Database string          `json:"database"`
	SQL      string          `json:"sql"`
}

type batchAnswer struct {
	ID      json.RawMessage `json:"id"`
	Columns []batchColumn   `json:"columns"`
	Rows    [][]*string     `json:"rows"`
	Notes   []string        `json:"notes,omitempty"` // what the answer may lack, such as objects that are not mirrored
}

type batchColumn struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

type batchRefusal struct {
	ID    json.RawMessage `json:"id"`
	Error batchError      `json:"error"`
}

type batchError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// batch answers the requests on standard input, a line each, in order, and
// flushes after every answer: the other side may wait for it. It ends without an
// error when the input ends, whatever became of the requests.
func (a *app) batch(ctx context.Context, session *sql.Session) error {
	in := bufio.NewReaderSize(a.in, 64<<10)
	out := bufio.NewWriterSize(a.out, 64<<10)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for {
		line, readErr := in.ReadBytes('\n')
		if len(line) > 0 {
			answer := answerLine(ctx, session, line)
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := errors.Join(encoder.Encode(answer), out.Flush()); err != nil {
				return err
			}
		}
		if errors.Is(readErr, io.EOF) {
			return nil
		}
		if readErr != nil {
			return readErr
		}
	}
}

// answerLine is the answer to one request, a batchAnswer or a batchRefusal.
func answerLine(ctx context.Context, session *sql.Session, line []byte) any {
	request := batchRequest{Database: "default"}
	if err := json.Unmarshal(line, &request); err != nil {
		return refuse(nil, &syntax.Error{Code: "INVALID_REQUEST", Msg: fmt.Sprintf("the line is no request: %s", err)})
	}
	answer, err := answerRequest(ctx, session, request)
	if err != nil {
		return refuse(request.ID, err)
	}
	return answer
}

// answerRequest runs a request's statement. A defect of ours that panics is that
// request's error: those after it are answered.
func answerRequest(ctx context.Context, session *sql.Session, request batchRequest) (answer batchAnswer, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("internal error: %v", p)
		}
	}()
	statements, err := syntax.Parse(request.SQL)
	if err != nil {
		return answer, err
	}
	if len(statements) != 1 {
		return answer, &syntax.Error{Code: "INVALID_REQUEST", Msg: fmt.Sprintf("a request has one statement, this one has %d", len(statements))}
	}
	session.SetDatabase(request.Database)
	rows, err := session.Query(ctx, statements[0])
	if err != nil {
		return answer, err
	}
	defer rows.Close()
	answer = batchAnswer{ID: request.ID, Columns: []batchColumn{}, Rows: [][]*string{}, Notes: rows.Notes}
	for _, c := range rows.Columns {
		answer.Columns = append(answer.Columns, batchColumn{c.Name, c.Type.String()})
	}
	for row, err := range rows.All {
		if err != nil {
			return answer, err
		}
		texts := make([]*string, len(row))
		for i, v := range row {
			if text, ok := sql.Text(v, rows.Columns[i].Type); ok {
				texts[i] = &text
			}
		}
		answer.Rows = append(answer.Rows, texts)
	}
	return answer, nil
}

func refuse(id json.RawMessage, err error) batchRefusal {
	refusal := batchRefusal{ID: id, Error: batchError{Code: "GENERIC_INTERNAL_ERROR", Message: err.Error()}}
	var e *syntax.Error
	if errors.As(err, &e) {
		refusal.Error = batchError{Code: e.Code, Message: e.Message()}
	}
	return refusal
}
