// Each test has the whole machine: it starts several servers and measures how soon they answer.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
