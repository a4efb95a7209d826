// Meters belong to a process: a server sees what others in it record. And these tests start many processes.
[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]
