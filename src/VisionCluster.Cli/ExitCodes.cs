namespace VisionCluster.Cli;

/// <summary>What <c>visionctl</c> ends with.</summary>
internal static class ExitCodes
{
    /// <summary>Everything asked for was done.</summary>
    public const int Success = 0;

    /// <summary>Something failed; standard error says what.</summary>
    public const int Failure = 1;

    /// <summary>The command line cannot be understood; standard error says why, and how it is used.</summary>
    public const int Usage = 2;

    /// <summary>Ctrl-C: 128 and the signal's number, as shells count.</summary>
    public const int Cancelled = 130;
}
