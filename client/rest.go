package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/google/uuid"
)

// REST sends a command over HTTP with a bearer token (empty = none) and decodes its answer into ok unless nil.
// Errors: *Error for what the server refused.
func REST(ctx context.Context, base, token, cmd string, body, ok any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/api/v1/"+cmd, bytes.NewReader(data))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", uuid.Must(uuid.NewV7()).String())
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("%s: %w", cmd, err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 8<<20))
	if err != nil {
		return fmt.Errorf("%s: %w", cmd, err)
	}
	if resp.StatusCode >= 300 {
		var problem struct {
			Error
			Detail string `json:"detail"`
		}
		if json.Unmarshal(answer, &problem) == nil && problem.Code != "" {
			if problem.Message == "" {
				problem.Message = problem.Detail
			}
			return fmt.Errorf("%s: %w", cmd, &problem.Error)
		}
		return fmt.Errorf("%s: %s: %s", cmd, resp.Status, answer)
	}
	if ok == nil {
		return nil
	}
	if err := json.Unmarshal(answer, ok); err != nil {
		return fmt.Errorf("%s: %w", cmd, err)
	}
	return nil
}
