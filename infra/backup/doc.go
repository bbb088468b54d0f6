// Package backup copies the truth of a data directory (events/, vault/, publications/) out of a snapshot and back in. A table of the
// stores never changes once it is written, so that a backup on the disk of another one, or of the data, takes hard links
// to what they share.
//
// What may enter: files, archives. What may not: what the files hold (the stores verify that), running processes.
package backup
