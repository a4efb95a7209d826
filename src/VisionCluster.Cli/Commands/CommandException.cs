namespace VisionCluster.Cli.Commands;

/// <summary>A command failed for a reason that its user can read and act on.</summary>
internal sealed class CommandException(string message, Exception? innerException = null) : Exception(message, innerException);
