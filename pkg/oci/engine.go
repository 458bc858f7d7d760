package oci

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// Engine is the docker engine of this machine, asked by its API over HTTP
// (https://docs.docker.com/reference/api/engine). moby's client would make every
// start of pack a millisecond longer, by the regular expressions of a package
// it uses, and pack a megabyte larger, for two requests.
type Engine struct {
	// Host is where it listens, as DOCKER_HOST has it: unix://PATH or
	// tcp://HOST:PORT. Empty is docker's default.
	Host string
}

const defaultEngine = "unix:///var/run/docker.sock"

// EngineError is an engine that cannot be asked or does not answer.
type EngineError struct {
	Host string
	Err  error
}

func (e *EngineError) Error() string {
	return fmt.Sprintf("cannot ask the docker engine at %s: %v", e.Host, e.Err)
}

// Unwrap returns the cause.
func (e *EngineError) Unwrap() error { return e.Err }

// Hint says what to do about it.
func (e *EngineError) Hint() string {
	return "see whether dockerd runs and you may use it (docker version); DOCKER_HOST says where it is"
}

func (o *Opener) fromEngine(ctx context.Context, ref string) (*Image, error) {
	client, err := o.Engine.client()
	if err != nil {
		return nil, err
	}
	defer client.CloseIdleConnections()
	get := func(name, what string) (*http.Response, error) {
		address := url.URL{Scheme: "http", Host: "docker", Path: "/images/" + name + "/" + what}
		resp, err := engineGet(ctx, client, address.String())
		var failed *url.Error
		if errors.As(err, &failed) {
			err = &EngineError{Host: o.Engine.host(), Err: failed.Err}
		}
		return resp, err
	}
	// A name without a tag would be all images of that name.
	resp, err := get(ref, "json")
	if err != nil {
		return nil, err
	}
	var found struct{ ID string }
	err = json.NewDecoder(io.LimitReader(resp.Body, maxDocument)).Decode(&found)
	resp.Body.Close()
	if err != nil {
		return nil, &EngineError{Host: o.Engine.host(), Err: err}
	}
	if resp, err = get(found.ID, "get"); err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return o.fromStream(ctx, resp.Body)
}

func (e *Engine) host() string {
	if e.Host == "" {
		return defaultEngine
	}
	return e.Host
}

// client reaches the engine, whatever host a request names.
func (e *Engine) client() (*http.Client, error) {
	kind, where, _ := strings.Cut(e.host(), "://")
	if kind != "unix" && kind != "tcp" || where == "" {
		return nil, &EngineError{Host: e.host(), Err: errors.New("it is neither unix://PATH nor tcp://HOST:PORT")}
	}
	var d net.Dialer
	t := &http.Transport{DisableCompression: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return d.DialContext(ctx, kind, where)
	}}
	return &http.Client{Transport: t}, nil
}

// engineGet makes a request; any other answer than 200 is an error with what
// the engine says.
func engineGet(ctx context.Context, client *http.Client, address string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	resp, err := client.Do(req)
	if err != nil || resp.StatusCode == http.StatusOK {
		return resp, err
	}
	defer resp.Body.Close()
	var says struct{ Message string }
	if json.NewDecoder(io.LimitReader(resp.Body, maxDocument)).Decode(&says) != nil || says.Message == "" {
		says.Message = resp.Status
	}
	return nil, &engineAnswer{says.Message}
}

// engineAnswer is what the engine says instead.
type engineAnswer struct{ message string }

func (e *engineAnswer) Error() string { return "the docker engine says: " + e.message }

// Hint says what to do about it.
func (e *engineAnswer) Hint() string {
	return "docker image ls lists what it has; docker pull gets another"
}
