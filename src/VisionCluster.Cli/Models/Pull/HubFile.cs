using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using VisionCluster.Cli.Commands;

namespace VisionCluster.Cli.Models.Pull;

/// <summary>
/// Fetches a file of a hub to a path: what broke off goes on where it stopped, now or at the next start, and nothing
/// stands at the path that is not whole and what was promised.
/// </summary>
/// <param name="http">Follows no redirection by itself, so that the token is shown to the hub alone.</param>
/// <param name="hub">Where from, and how patiently.</param>
/// <param name="time">Clock of pauses.</param>
internal sealed class HubFile(HttpClient http, HubOptions hub, TimeProvider time)
{
    private const int MaxRedirections = 5;

    /// <param name="path">Path below the hub's address.</param>
    /// <param name="target">Where the file shall stand; what comes is kept beside it until it is whole.</param>
    /// <param name="sha256">Digest where somebody vouches for it.</param>
    /// <param name="progress">Bytes there are and, where it is known, bytes there will be.</param>
    /// <param name="cancellationToken">Stops; what came is kept for the next time.</param>
    /// <exception cref="CommandException">It cannot be had, or is not what was promised.</exception>
    public async Task FetchAsync(
        string path, string target, string? sha256, Action<long, long?> progress, CancellationToken cancellationToken)
    {
        var part = $"{target}.part";
        var restarted = false;
        for (var attempt = 1; ; attempt++)
        {
            var before = LengthOf(part);
            string? trouble;
            try
            {
                var expected = await ReceiveAsync(path, part, sha256, progress, cancellationToken);
                trouble = await expected.WrongWithAsync(part, cancellationToken);
                if (trouble is null)
                {
                    File.Move(part, target, overwrite: true);
                    return;
                }

                // What was kept may be of an older file: once more from the beginning, and no further.
                File.Delete(part);
                if (restarted || before == 0)
                {
                    throw new CommandException($"'{path}' is not what was promised: {trouble}.");
                }

                restarted = true;
                continue;
            }
            catch (Exception error) when (error is HttpRequestException or SocketException or IOException or TimeoutException)
            {
                trouble = error.Message;
            }

            attempt = LengthOf(part) > before ? 0 : attempt;
            if (attempt >= hub.Attempts)
            {
                throw new CommandException($"'{path}' cannot be fetched: {trouble} What came is kept; the same command goes on.");
            }

            await Task.Delay(hub.Pause * Math.Pow(2, attempt), time, cancellationToken);
        }
    }

    private static long LengthOf(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;

    private async Task<ExpectedContent> ReceiveAsync(
        string path, string part, string? sha256, Action<long, long?> progress, CancellationToken cancellationToken)
    {
        var have = LengthOf(part);
        var (response, expected) = await AskAsync(path, have, sha256, cancellationToken);
        using var answer = response;
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            // Nothing is left to send: what is there is whole, or is found not to be.
            return expected;
        }

        if (!response.IsSuccessStatusCode)
        {
            throw Refused(path, response);
        }

        var goesOn = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == have;
        if (response.StatusCode == HttpStatusCode.PartialContent && !goesOn)
        {
            File.Delete(part);
            throw new IOException("The server sent another part than was asked for.");
        }

        var start = goesOn ? have : 0;
        var total = expected.Length ?? response.Content.Headers.ContentRange?.Length ?? start + response.Content.Headers.ContentLength;
        await using var file = new FileStream(part, goesOn ? FileMode.Append : FileMode.Create, FileAccess.Write);
        await CopyAsync(response, file, start, total, progress, cancellationToken);
        return expected with { Length = expected.Length ?? total };
    }

    private async Task CopyAsync(
        HttpResponseMessage response, FileStream file, long start, long? total, Action<long, long?> progress, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[1 << 16];
        var filled = start;
        progress(filled, total);
        while (true)
        {
            var read = await body.ReadAsync(buffer, cancellationToken).AsTask().WaitAsync(hub.Silence, time, cancellationToken);
            if (read == 0)
            {
                return;
            }

            filled += read;
            if (filled > Math.Min(total ?? hub.MaxBytes, hub.MaxBytes))
            {
                throw new CommandException($"The server sends more than the {Math.Min(total ?? hub.MaxBytes, hub.MaxBytes):N0} bytes that it may.");
            }

            await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            progress(filled, total);
        }
    }

    /// <summary>The answer behind all redirections, and what the first answer said of the file.</summary>
    private async Task<(HttpResponseMessage Response, ExpectedContent Expected)> AskAsync(
        string path, long have, string? sha256, CancellationToken cancellationToken)
    {
        var address = new Uri(hub.Endpoint, path);
        ExpectedContent? expected = null;
        for (var hop = 0; hop <= MaxRedirections; hop++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.Range = have > 0 ? new RangeHeaderValue(have, null) : null;
            // Only an uncompressed answer has the length and the ranges of the file.
            request.Headers.AcceptEncoding.ParseAdd("identity");
            if (hub.Token is not null && address.Authority == hub.Endpoint.Authority && address.Scheme == hub.Endpoint.Scheme)
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", hub.Token);
            }

            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
                .WaitAsync(hub.Silence, time, cancellationToken);
            expected ??= ExpectedContent.Of(response, sha256);
            if ((int)response.StatusCode is < 300 or >= 400 || response.Headers.Location is not { } location)
            {
                return (response, expected);
            }

            response.Dispose();
            var next = new Uri(address, location);
            if (next.Scheme != "https" && next.Scheme != address.Scheme)
            {
                throw new CommandException($"The hub leads to {next.Scheme}, which is not followed.");
            }

            address = next;
        }

        throw new CommandException($"'{path}' is redirected more than {MaxRedirections} times.");
    }

    private static Exception Refused(string path, HttpResponseMessage response) => (int)response.StatusCode switch
    {
        401 or 403 => new CommandException($"The hub refuses '{path}': set HF_TOKEN to a token that may read it."),
        404 => new CommandException($"The hub has no '{path}'."),
        429 or >= 500 => new HttpRequestException($"The server answered {(int)response.StatusCode}."),
        var status => new CommandException($"The server answered {status} for '{path}'."),
    };
}
