module oracle

go 1.24

require github.com/moby/sys/user v0.5.0

require golang.org/x/sys v0.1.0 // indirect
