package lineage

import (
	"fmt"
	"strings"
)

// DifferencesSQL answers a page of the subjects that make two states of a cell differ, and the totals of both. Columns that
// end in 1 are of the state asked for, those in 0 of what it is held against; rank is that of the change, changes says how
// many subjects changed in each way. Parameters are those of TotalsSQL, and again with names that begin with against_ for
// the state held against; @rank, @kind, @subject and @name behind which the page begins.
func DifferencesSQL(before, after Cell, limit int) string {
	return fmt.Sprintf(`SELECT line.1 AS rank, line.2 AS kind, line.3 AS subject, line.4 AS name, line.5 AS rank1, line.6 AS area1, line.7 AS n1, line.8 AS d1, line.9 AS reason1,
	line.10 AS rank0, line.11 AS area0, line.12 AS n0, line.13 AS d0, line.14 AS reason0,
	total_n1, total_d1, excluded1, total1, total_n0, total_d0, excluded0, total0, changes
FROM (
	SELECT sum(n1) AS total_n1, sum(d1) AS total_d1, countIf(rank1 = 2) AS excluded1, countIf(rank1 < 3) AS total1,
		sum(n0) AS total_n0, sum(d0) AS total_d0, countIf(rank0 = 2) AS excluded0, countIf(rank0 < 3) AS total0,
		[countIf(rank = 0), countIf(rank = 1), countIf(rank = 2), countIf(rank = 3)] AS changes,
		groupArraySortedIf(%d)((rank, kind, subject, name, rank1, area1, n1, d1, reason1, rank0, area0, n0, d0, reason0),
			rank < 4 AND (rank, kind, subject, name) > (@rank, @kind, toUUID(@subject), @name)) AS page
	FROM (
		SELECT *, multiIf(rank1 < 2 AND rank0 = 3, 0, rank0 < 2 AND rank1 = 3, 1, rank1 = 3 OR rank0 = 3, 4,
			rank1 != rank0, 2, n1 != n0 OR d1 != d0, 3, 4) AS rank
		FROM (
			SELECT *, if(there1, %s, 3) AS rank1, if(there0, %s, 3) AS rank0
			FROM (
				SELECT kind, subject, name, max(now) AS there1, sumIf(n, now) AS n1, sumIf(d, now) AS d1, anyIf(area, now) AS area1, anyIf(reason, now) AS reason1,
					max(NOT now) AS there0, sumIf(n, NOT now) AS n0, sumIf(d, NOT now) AS d0, anyIf(area, NOT now) AS area0, anyIf(reason, NOT now) AS reason0
				FROM (SELECT *, true AS now FROM (%s) UNION ALL SELECT *, false AS now FROM (%s))
				GROUP BY kind, subject, name
			)
		)
	)
) LEFT ARRAY JOIN page AS line`, limit, rankSQL("n1", "d1"), rankSQL("n0", "d0"), after.rows(), strings.ReplaceAll(before.rows(), "@", "@against_"))
}
