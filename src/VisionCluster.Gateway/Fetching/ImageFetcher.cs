using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Errors;
using VisionCluster.Gateway.Admission;

namespace VisionCluster.Gateway.Fetching;

/// <summary>
/// Fetches a picture for a caller, without proxy, cookies, credentials or a trace's context. Scheme, host, port and address
/// are checked before every request, redirects included; size and time are bounded. Thread-safe.
/// </summary>
internal sealed class ImageFetcher : IDisposable
{
    private const int HeadersKilobytes = 16;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FetchOptions _options;
    private readonly long _maxBytes;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _places;
    private readonly HttpMessageInvoker _http;

    public ImageFetcher(IOptions<FetchOptions> options, IOptions<GatewayOptions> gateway, GuardedConnector connector, TimeProvider time)
    {
        (_options, _maxBytes, _time) = (options.Value, gateway.Value.MaxImageBytes, time);
        _places = new SemaphoreSlim(_options.Concurrency);
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = HeadersKilobytes,
            // What a host sends beyond what was wanted is not read.
            ResponseDrainTimeout = TimeSpan.Zero,
            ConnectCallback = connector.ConnectAsync,
        });
    }

    /// <summary>Whether any host is allowed.</summary>
    public bool IsOn => _options.Hosts.Count > 0;

    /// <summary>The bytes behind a URL, whatever they are.</summary>
    /// <exception cref="VisionException">
    /// <c>InvalidRequest</c>: no such URL, or nothing could be fetched; <c>Forbidden</c>: the operator does not allow it;
    /// <c>ImageTooLarge</c>; <c>Overloaded</c>.
    /// </exception>
    public async Task<byte[]> FetchAsync(string url, CancellationToken cancellationToken)
    {
        var target = Check(Uri.TryCreate(url, UriKind.Absolute, out var parsed) ? parsed : throw NoUrl());
        if (!await _places.WaitAsync(TimeSpan.Zero, cancellationToken))
        {
            throw new VisionException(VisionErrorCode.Overloaded, "Too many pictures are being fetched.") { RetryAfter = Second };
        }

        using var timeout = new CancellationTokenSource(_options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await FollowAsync(target, either.Token);
        }
        catch (Exception error) when (IsRefusal(error))
        {
            throw NotAllowed();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw VisionException.Invalid(
                string.Create(CultureInfo.InvariantCulture, $"The picture did not come within {_options.Timeout.TotalSeconds:0.###} s."));
        }
        catch (Exception error) when (error is HttpRequestException or SocketException or IOException)
        {
            // Nothing of the reason: it would tell what is behind a firewall.
            throw VisionException.Invalid("Nothing could be fetched from the URL.");
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _places.Dispose();
    }

    private async Task<byte[]> FollowAsync(Uri target, CancellationToken cancellationToken)
    {
        for (var redirects = 0; ; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, target);
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("image/*"));
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("VisionCluster", null));
            using var answer = await _http.SendAsync(request, cancellationToken);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                return await ReadAsync(answer.Content, cancellationToken);
            }

            if (!IsRedirect(answer.StatusCode) || answer.Headers.Location is not { } location)
            {
                throw VisionException.Invalid(
                    string.Create(CultureInfo.InvariantCulture, $"The URL's host answered with status {(int)answer.StatusCode}."));
            }

            if (redirects == _options.MaxRedirects)
            {
                throw VisionException.Invalid(
                    string.Create(CultureInfo.InvariantCulture, $"The URL sends on more than {_options.MaxRedirects} times."));
            }

            target = Check(Uri.TryCreate(target, location, out var next) ? next : throw NoUrl());
        }
    }

    private async Task<byte[]> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > _maxBytes)
        {
            throw ImageBody.TooLarge(_maxBytes);
        }

        // What a stranger announces is no reason to take memory.
        await using var body = await content.ReadAsStreamAsync(cancellationToken);
        var bytes = await ImageBody.ReadAllAsync(body, null, _maxBytes, cancellationToken);
        return bytes.Length > 0 ? bytes : throw VisionException.Invalid("The URL's host sent nothing.");
    }

    private Uri Check(Uri target)
    {
        if (target.Scheme != Uri.UriSchemeHttps && target.Scheme != Uri.UriSchemeHttp)
        {
            throw NoUrl();
        }

        if (target.UserInfo.Length > 0 || target.IdnHost.Length == 0)
        {
            throw NoUrl();
        }

        var secure = target.Scheme == Uri.UriSchemeHttps || _options.AllowHttp;
        return secure && _options.Allows(target.IdnHost.TrimEnd('.')) && _options.Allows(target.Port) ? target : throw NotAllowed();
    }

    private static bool IsRedirect(HttpStatusCode status) => status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found
        or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private static bool IsRefusal(Exception? error) => error is AddressRefusedException || (error is not null && IsRefusal(error.InnerException));

    private static VisionException NoUrl() => VisionException.Invalid("'url' must be an absolute https URL without a user's name.");

    private static VisionException NotAllowed() =>
        new(VisionErrorCode.Forbidden, "The operator of the server does not let it fetch from there.");
}
